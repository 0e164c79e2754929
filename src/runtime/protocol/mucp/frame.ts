import type { MicroError } from "../../errors/index.ts";
import type { Metadata } from "../../metadata/index.ts";
import { isReservedName } from "../metadata-wire.ts";
import type { HeaderFields } from "./http-head.ts";

/** What `Micro-Error` says at the end of a stream. */
export const END_OF_STREAM = "EOS";

/** Header fields to write, by their name on the wire. */
export type FrameHeaders = { [name: string]: string };

/** A field that go-micro writes as `Micro-X`, and its older versions as `X-Micro-X`; empty counts as absent. */
export function microField(fields: HeaderFields, name: string): string | undefined {
  return fields[`micro-${name}`] || fields[`x-micro-${name}`] || undefined;
}

/** A frame of a client: a POST to `/`. */
export function requestFrame(host: string, headers: FrameHeaders, body: Uint8Array): Buffer {
  return frame(`POST / HTTP/1.1\r\nHost: ${host}\r\n`, headers, body);
}

/** A frame of a server: always 200, errors are in `Micro-Error`. */
export function responseFrame(headers: FrameHeaders, body: Uint8Array): Buffer {
  return frame("HTTP/1.1 200 OK\r\n", headers, body);
}

/** What somebody is told who sent no frame: HTTP's own error, before the connection is closed. */
export function refusal(error: MicroError): Buffer {
  const body = Buffer.from(JSON.stringify(error));
  const headers = { Connection: "close", "Content-Type": "application/json" };
  return frame(`HTTP/1.1 ${error.code} ${error.status || "Error"}\r\n`, headers, body);
}

function frame(start: string, headers: FrameHeaders, body: Uint8Array): Buffer {
  let head = `${start}Content-Length: ${body.length}\r\n`;
  for (const name in headers) head += `${name}: ${oneLine(headers[name] as string)}\r\n`;
  const bytes = Buffer.from(`${head}\r\n`, "utf8");
  return body.length === 0 ? bytes : Buffer.concat([bytes, body]);
}

/** As Go writes values: what would end the line becomes a space. */
function oneLine(value: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those that no field value may hold.
  return value.replace(/[\x00-\x08\x0a-\x1f\x7f]/g, " ");
}

/** Adds metadata, after `prefix` if given, names as Go writes them (`x-user` -> `X-User`); what belongs to the protocol is left out. */
export function addMetadata(headers: FrameHeaders, metadata: Metadata, prefix = ""): void {
  for (const [name, value] of metadata) {
    if (isReservedName(name)) continue;
    const key = prefix + canonicalName(name);
    // Own properties only: a caller may well name its header `constructor`.
    headers[key] = Object.hasOwn(headers, key) ? `${headers[key]}, ${value}` : value;
  }
}

/** Go's `textproto.CanonicalMIMEHeaderKey` for lower-case names. */
function canonicalName(name: string): string {
  return name.replace(/(?:^|-)[a-z]/g, (start) => start.toUpperCase());
}
