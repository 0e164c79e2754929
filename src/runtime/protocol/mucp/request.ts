import type { Codec } from "../../codec/index.ts";
import { badRequest } from "../../errors/index.ts";
import type { Dispatcher } from "../dispatcher.ts";
import { type BodyForm, bodyFormOf } from "./body-form.ts";
import { type FrameHeaders, microField } from "./frame.ts";
import { servedGoCodec } from "./go-json.ts";
import type { HeaderFields } from "./http-head.ts";
import type { HttpMessage } from "./http-reader.ts";

/** A frame that asks for a call, read. */
export interface MucpRequest {
  readonly fields: HeaderFields;
  /** Echoed in every answer. */
  readonly id: string;
  /** What all frames of the call share, should it stream. */
  readonly streamId: string;
  readonly service: string;
  /** `Greeter.Hello`, as the caller wrote it. */
  readonly endpoint: string;
  /** `Greeter/Hello`, as a dispatcher takes it. */
  readonly path: string;
  readonly contentType: string;
  readonly form: BodyForm;
  /** Reads and writes messages. */
  readonly codec: Codec;
  readonly message: Uint8Array;
}

/** Of ids and names, which are remembered, and written with every answer. go-micro's clients count, or make UUIDs. */
const MAX_LENGTH = 256;

/** go-micro's default. */
const CONTENT_TYPE = "application/protobuf";

/**
 * Reads the frame that begins a call. Method and endpoint stand in for each other; a caller that names neither in the
 * header is from before go-micro 1.0 and names it in the body. Throws MicroError 400 or 415.
 */
export function readRequest({ fields, body }: HttpMessage, dispatcher: Dispatcher): MucpRequest {
  const errorId = dispatcher.serviceName;
  const contentType = fields["content-type"] || CONTENT_TYPE;
  const named = microField(fields, "endpoint") ?? microField(fields, "method");
  const isOld =
    microField(fields, "protocol") === undefined &&
    ((named === undefined && microField(fields, "service") === undefined) ||
      microField(fields, "target") !== undefined);
  const form = bodyFormOf(contentType, isOld, errorId);
  const opened = form.open(body);
  const endpoint = checkLength("Micro-Endpoint", named ?? opened.endpoint, errorId);
  const cut = endpoint.lastIndexOf(".");
  if (cut < 1 || cut === endpoint.length - 1) {
    throw badRequest(errorId, `an endpoint is Service.Method, not ${JSON.stringify(endpoint.slice(0, 80))}`);
  }
  const id = checkLength("Micro-Id", microField(fields, "id") ?? opened.id, errorId);
  return {
    fields,
    id,
    streamId: checkLength("Micro-Stream", microField(fields, "stream") ?? id, errorId),
    service: checkLength("Micro-Service", microField(fields, "service") ?? "", errorId),
    endpoint,
    path: `${endpoint.slice(0, cut)}/${endpoint.slice(cut + 1)}`,
    contentType,
    form,
    codec: servedGoCodec(form.codec, dispatcher),
    message: opened.message,
  };
}

function checkLength(field: string, value: string, errorId: string): string {
  if (value.length <= MAX_LENGTH) return value;
  throw badRequest(errorId, `${field} has at most ${MAX_LENGTH} characters`);
}

/** go-micro's `Timeout`: decimal nanoseconds -> milliseconds. Undefined when absent or malformed. */
export function timeoutMsOf(fields: HeaderFields): number | undefined {
  const text = fields.timeout;
  return text !== undefined && /^\d{1,20}$/.test(text) ? Number(text) / 1e6 : undefined;
}

/** Header of an answer: each name twice, as go-micro's servers write them. */
export function answerHeaders(values: Readonly<Record<string, string>>): FrameHeaders {
  const headers: FrameHeaders = {};
  for (const [name, value] of Object.entries(values)) {
    if (value === "") continue;
    headers[`Micro-${name}`] = value;
    headers[`X-Micro-${name}`] = value;
  }
  return headers;
}
