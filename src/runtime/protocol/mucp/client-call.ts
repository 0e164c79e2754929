import type { Codec } from "../../codec/index.ts";
import { MicroError } from "../../errors/index.ts";
import { responseUnreadable } from "../call-errors.ts";
import { CLIENT_ID } from "../cancel-reason.ts";
import type { ChannelCall } from "../channel.ts";
import { errorOfText } from "./error-text.ts";
import { addMetadata, END_OF_STREAM, type FrameHeaders, microField } from "./frame.ts";
import { goJson } from "./go-json.ts";
import type { HttpMessage } from "./http-reader.ts";

/** Header fields of every frame of a call. `streamed`: of one that streams, whose frames share the id. */
export function callHeaders<I, O>(call: ChannelCall<I, O>, id: string, streamed: boolean): FrameHeaders {
  const headers: FrameHeaders = {};
  addMetadata(headers, call.metadata);
  const contentType = call.codec.name === "json" ? "application/json" : "application/protobuf";
  const endpoint = endpointOf(call.path);
  headers.Accept = contentType;
  headers["Content-Type"] = contentType;
  headers["Micro-Id"] = id;
  headers["Micro-Service"] = call.service ?? "";
  headers["Micro-Method"] = endpoint;
  headers["Micro-Endpoint"] = endpoint;
  if (streamed) headers["Micro-Stream"] = id;
  else if (call.deadline !== undefined) {
    headers.Timeout = String(Math.max(0, Math.ceil(call.deadline - Date.now())) * 1_000_000);
  }
  return headers;
}

function codecOf<I, O>({ codec }: ChannelCall<I, O>): Codec {
  return codec.name === "json" ? goJson(codec) : codec;
}

/** `greeter.Greeter/Hello` -> `Greeter.Hello`: go-micro's servers know no package. */
function endpointOf(path: string): string {
  const slash = path.lastIndexOf("/");
  const service = path.slice(0, Math.max(0, slash));
  return `${service.slice(service.lastIndexOf(".") + 1)}.${path.slice(slash + 1)}`;
}

/**
 * What an answer says: its message, its error, or that the stream has ended. Of the header nothing else can be trusted:
 * a Go server repeats that of the connection's first request, which may have been another call's.
 */
export function readAnswer<I, O>(
  call: ChannelCall<I, O>,
  { start, fields, body }: HttpMessage,
): { message: O } | { error: MicroError } | "end" {
  const status = Number(start.slice(9, 12));
  if (status !== 200) return { error: MicroError.parse(body.toString(), { id: CLIENT_ID, code: status }) };
  const error = microField(fields, "error");
  if (error === END_OF_STREAM) return "end";
  if (error !== undefined) return { error: errorOfText(error) };
  if (fields["content-type"]?.startsWith("text/plain") === true) {
    // How a Go server refuses a content type: all is well, says its header.
    const detail = body.toString().slice(0, 200);
    return { error: new MicroError({ id: CLIENT_ID, code: 415, status: "Unsupported Media Type", detail }) };
  }
  const { output } = call.method;
  try {
    // No bytes are an empty message, whatever the codec says of them.
    return { message: body.length === 0 ? output.create() : codecOf(call).unmarshal(output, body) };
  } catch (cause) {
    return { error: responseUnreadable(output.typeName, cause) };
  }
}
