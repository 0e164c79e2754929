import type { IncomingMessage } from "node:http";
import { MicroError } from "@micro-service/runtime";

export interface ReadBodyOptions {
  readonly maxBytes: number;
  /** Whose error it is. */
  readonly id: string;
}

/**
 * The whole body. Throws MicroError 413 as soon as more than `maxBytes` are announced or have come, 415 for a body in
 * a content encoding (we inflate nothing), 499 when the client goes away.
 */
export async function readBody(request: IncomingMessage, { maxBytes, id }: ReadBodyOptions): Promise<Buffer> {
  const encoding = request.headers["content-encoding"];
  if (encoding !== undefined && encoding.toLowerCase() !== "identity") {
    throw new MicroError({
      id,
      code: 415,
      detail: "a compressed request body is not supported",
      status: "Unsupported Media Type",
    });
  }
  const tooLarge = () =>
    new MicroError({
      id,
      code: 413,
      detail: `request body is larger than ${maxBytes} bytes`,
      status: "Payload Too Large",
    });
  if (Number(request.headers["content-length"] ?? 0) > maxBytes) throw tooLarge();
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > maxBytes) throw tooLarge();
      chunks.push(chunk);
    }
  } catch (error) {
    if (MicroError.is(error)) throw error;
    throw new MicroError({ id, code: 499, detail: "client went away while sending", cause: error });
  }
  return Buffer.concat(chunks, size);
}
