import type { IncomingMessage } from "node:http";

/** The body was larger than allowed; the rest was not read. */
export class BodyTooLarge extends Error {}

/** Reads a whole HTTP body. Rejects with BodyTooLarge beyond `maxBytes`, and when the peer leaves in the middle. */
export function readBody(message: IncomingMessage, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    if (Number(message.headers["content-length"] ?? 0) > maxBytes) return reject(new BodyTooLarge());
    const chunks: Buffer[] = [];
    let size = 0;
    message.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBytes) {
        message.pause();
        reject(new BodyTooLarge());
      } else {
        chunks.push(chunk);
      }
    });
    message.on("end", () =>
      resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, size)),
    );
    message.on("error", reject);
    message.on("close", () => reject(new Error("the peer left inside the body")));
  });
}
