import { MicroError } from "../../errors/index.ts";
import type { HeaderBlock } from "../../http2/index.ts";
import { Metadata } from "../../metadata/index.ts";
import type { BodyClientForm } from "../body-client-call.ts";
import { CLIENT_ID } from "../cancel-reason.ts";
import type { ChannelCall } from "../channel.ts";
import type { ClientForm } from "../client-form.ts";
import { ACCEPTED_ENCODINGS, compressionOf } from "../compression.ts";
import { USER_AGENT } from "../error-details.ts";
import { addMetadata } from "../metadata-wire.ts";
import { END_FLAG, readEndStream } from "./end-stream.ts";
import { fromConnectError } from "./error-json.ts";
import { writeQuery } from "./get-query.ts";
import { formatConnectTimeout } from "./timeout.ts";

/** Longer URLs are cut or refused somewhere in between; the call is a POST then. */
const MAX_URL = 4096;

/** Connect's unary calls: bodies bare, errors as a status and JSON. */
export const CONNECT_BODY_FORM: BodyClientForm = {
  request(call, authority, body, encoding) {
    const headers = commonHeaders(call, authority);
    if (call.compression !== undefined) headers["accept-encoding"] = ACCEPTED_ENCODINGS;
    if (call.useGet === true && call.method.idempotency === "noSideEffects") {
      const path = `/${call.path}?${writeQuery(call.codec, body, encoding?.name)}`;
      if (path.length <= MAX_URL) {
        return { headers: { ...headers, ":method": "GET", ":path": path }, body: undefined };
      }
    }
    headers["connect-protocol-version"] = "1";
    headers["content-type"] = `application/${call.codec.name}`;
    headers["content-length"] = String(body.length);
    if (encoding !== undefined) headers["content-encoding"] = encoding.name;
    return { headers, body };
  },

  errorOf(call, headers, body) {
    const status = Number(headers[":status"]);
    const contentType = String(headers["content-type"] ?? "");
    if (status !== 200) return fromConnectError(parsed(contentType, body), status);
    if (isOf(contentType, `application/${call.codec.name}`)) return undefined;
    return wrongContentType(contentType, "application/");
  },
};

/** Connect's streams: always 200, and a last frame that says how it really went. */
export const CONNECT_STREAM_FORM: ClientForm = {
  endFlag: END_FLAG,

  requestHeaders(call, authority) {
    const headers = commonHeaders(call, authority);
    headers["connect-protocol-version"] = "1";
    headers["content-type"] = `application/connect+${call.codec.name}`;
    if (call.compression !== undefined) {
      headers["connect-content-encoding"] = call.compression.name;
      headers["connect-accept-encoding"] = ACCEPTED_ENCODINGS;
    }
    return headers;
  },

  isAnswer: (headers) =>
    Number(headers[":status"]) === 200 &&
    String(headers["content-type"] ?? "").startsWith("application/connect+"),
  compressionOf: (headers) => compressionOf(headers["connect-content-encoding"]),
  isComplete: ({ last }) => last !== undefined,

  errorOf({ headers = {}, last }) {
    const status = Number(headers[":status"]);
    const contentType = String(headers["content-type"] ?? "");
    if (status !== 200) return fromConnectError(undefined, status);
    if (!contentType.startsWith("application/connect+"))
      return wrongContentType(contentType, "application/connect+");
    if (last === undefined) return broken("the response ended without saying how it went");
    const end = readEndStream(last);
    return end === undefined ? broken("the end of the response is no JSON object") : end.error;
  },

  trailerOf: ({ last }) => (last === undefined ? undefined : readEndStream(last)?.trailer) ?? new Metadata(),
};

function commonHeaders<I, O>(call: ChannelCall<I, O>, authority: string): HeaderBlock {
  const headers: HeaderBlock = {
    ":method": "POST",
    ":authority": authority,
    ":path": `/${call.path}`,
    "user-agent": USER_AGENT,
  };
  if (call.deadline !== undefined) {
    headers["connect-timeout-ms"] = formatConnectTimeout(call.deadline - Date.now());
  }
  addMetadata(headers, call.metadata);
  return headers;
}

function parsed(contentType: string, body: Uint8Array): unknown {
  if (!isOf(contentType, "application/json")) return undefined;
  try {
    return JSON.parse(Buffer.from(body).toString());
  } catch {
    return undefined; // the status has to do
  }
}

function isOf(contentType: string, wanted: string): boolean {
  return (
    contentType === wanted || contentType.startsWith(`${wanted};`) || contentType.startsWith(`${wanted} `)
  );
}

/** Another codec of the same protocol is a mistake of the peer, anything else is not Connect at all. */
function wrongContentType(contentType: string, family: string): MicroError {
  const grpc = contentType.startsWith(family) ? 13 : 2;
  const detail = `the peer answers with content type ${contentType.slice(0, 80) || "none"}`;
  return new MicroError({ id: CLIENT_ID, code: 500, grpc, detail });
}

function broken(detail: string): MicroError {
  return new MicroError({ id: CLIENT_ID, code: 500, detail });
}
