import type { HeaderBlock } from "../../http2/index.ts";

/** Marks the frame of a body that holds trailers. */
export const TRAILER_FLAG = 0x80;

/** `{"grpc-status": "0"}` -> `grpc-status: 0\r\n`. */
export function writeTrailers(trailers: HeaderBlock): Buffer {
  let text = "";
  for (const [name, value] of Object.entries(trailers)) {
    for (const one of Array.isArray(value) ? value : [value])
      if (one !== undefined) text += `${name}: ${one}\r\n`;
  }
  return Buffer.from(text, "latin1");
}

/**
 * What {@link writeTrailers} writes, and what others write: any case, blanks or none after the colon, bare line feeds.
 * Several lines of a name become one value, as in HTTP. Lines without a name are dropped.
 */
export function readTrailers(bytes: Uint8Array): HeaderBlock {
  const trailers: HeaderBlock = Object.create(null) as HeaderBlock;
  for (const line of Buffer.from(bytes).toString("latin1").split(/\r?\n/)) {
    const colon = line.indexOf(":");
    const name = line.slice(0, Math.max(0, colon)).trim().toLowerCase();
    if (name === "") continue;
    const value = line.slice(colon + 1).trim();
    const before = trailers[name];
    trailers[name] = before === undefined ? value : `${before}${name.endsWith("-bin") ? "," : ", "}${value}`;
  }
  return trailers;
}
