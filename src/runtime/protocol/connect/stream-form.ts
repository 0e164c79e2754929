import type { HeaderBlock } from "../../http2/index.ts";
import type { Metadata } from "../../metadata/index.ts";
import { readsMicroDetail } from "../error-details.ts";
import { frameMessage } from "../framing.ts";
import { addMetadata } from "../metadata-wire.ts";
import type { StreamedForm, StreamedRequest } from "../streamed-form.ts";
import { END_FLAG, writeEndStream } from "./end-stream.ts";
import { toConnectError } from "./error-json.ts";

/** Answers of Connect's streams: always 200, and a last frame that says how it really went. */
export const CONNECT_STREAM: StreamedForm = {
  sendHead(stream, request, header) {
    stream.sendHeaders(headOf(request, header), false);
  },

  sendEnd(stream, request, { error, header, headersSent, last, trailer }) {
    if (!headersSent) stream.sendHeaders(headOf(request, header), false);
    const json = error === undefined ? undefined : toConnectError(error, readsMicroDetail(request.headers));
    const end = frameMessage(writeEndStream(json, trailer), END_FLAG);
    stream.sendData(last === undefined ? end : Buffer.concat([last, end]), true);
  },
};

function headOf(
  { contentType, replyCompression }: StreamedRequest,
  header: Metadata | undefined,
): HeaderBlock {
  const headers: HeaderBlock = { ":status": "200", "content-type": contentType };
  if (replyCompression !== undefined) headers["connect-content-encoding"] = replyCompression.name;
  if (header !== undefined) addMetadata(headers, header);
  return headers;
}
