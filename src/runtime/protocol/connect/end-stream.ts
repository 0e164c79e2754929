import type { MicroError } from "../../errors/index.ts";
import { Metadata } from "../../metadata/index.ts";
import { isReservedName } from "../metadata-wire.ts";
import { type ConnectErrorJson, fromConnectError } from "./error-json.ts";

/** The flag of the frame that ends an answer. */
export const END_FLAG = 2;

/** How a stream ended: `{"error":{"code":"not_found"},"metadata":{"cost":["1"]}}`. */
export interface EndStream {
  readonly error: MicroError | undefined;
  readonly trailer: Metadata;
}

export function writeEndStream(error: ConnectErrorJson | undefined, trailer: Metadata | undefined): Buffer {
  const metadata: [string, string[]][] = [];
  const byName = new Map<string, string[]>();
  for (const [name, value] of trailer ?? []) {
    if (isReservedName(name)) continue;
    const values = byName.get(name);
    if (values !== undefined) values.push(value);
    else {
      const one = [value];
      byName.set(name, one);
      metadata.push([name, one]);
    }
  }
  return Buffer.from(
    JSON.stringify({
      ...(error === undefined ? {} : { error }),
      ...(metadata.length === 0 ? {} : { metadata: Object.fromEntries(metadata) }),
    }),
  );
}

/** Undefined for what is no JSON object. Metadata that none can hold is left out. */
export function readEndStream(bytes: Uint8Array): EndStream | undefined {
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(bytes).toString());
  } catch {
    return undefined;
  }
  if (typeof json !== "object" || json === null || Array.isArray(json)) return undefined;
  const { error, metadata } = json as { readonly error?: unknown; readonly metadata?: unknown };
  return {
    error: error === undefined || error === null ? undefined : fromConnectError(error, undefined),
    trailer: readMetadata(metadata),
  };
}

function readMetadata(json: unknown): Metadata {
  const metadata = new Metadata();
  if (typeof json !== "object" || json === null) return metadata;
  for (const [name, values] of Object.entries(json)) {
    if (isReservedName(name.toLowerCase()) || !Array.isArray(values)) continue;
    for (const value of values) {
      try {
        if (typeof value === "string") metadata.append(name, value);
      } catch {
        // As with headers: nobody can read what is not ASCII.
      }
    }
  }
  return metadata;
}
