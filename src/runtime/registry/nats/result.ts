import { parseService, serviceToJson } from "../record-json.ts";
import type { Service } from "../service.ts";

/**
 * The subjects of go-micro's NATS registry: those of v5, and those of the plugin for v1 and v2, which does not hear v5. What
 * we say is said on all of them.
 */
export const SUBJECTS = [
  { query: "micro.nats.query", watch: "micro.nats.watch" },
  { query: "micro.registry.nats.query", watch: "micro.registry.nats.watch" },
] as const;

/** What goes over them: a question or a change. */
export interface Result {
  readonly action: string;
  readonly service: Service | undefined;
  /** One of us has said the same on another subject. */
  readonly isCopy: boolean;
}

/** Keys are capitalised, as Go's are; it passes over `Copy`. */
export function encodeResult({ action, service, isCopy }: Result): string {
  const json = { Action: action, Service: service === undefined ? null : serviceToJson(service) };
  return JSON.stringify(isCopy ? { ...json, Copy: true } : json);
}

/** Undefined for anything else. */
export function decodeResult(data: Uint8Array): Result | undefined {
  const json = parse(data);
  if (typeof json !== "object" || json === null) return undefined;
  const { Action: action, Service: service, Copy: copy } = json as { [key: string]: unknown };
  if (typeof action !== "string") return undefined;
  return { action, service: parseService(service), isCopy: copy === true };
}

/** An answer to a question: a record as it is. */
export function decodeAnswer(data: Uint8Array): Service | undefined {
  return parseService(parse(data));
}

function parse(data: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString());
  } catch {
    return undefined; // anybody may publish there
  }
}
