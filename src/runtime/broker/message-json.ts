import { badRequest } from "../errors/index.ts";
import type { BrokerMessage } from "./broker.ts";

/** `{"Header":{"Micro-Id":"7"},"Body":"CgRKb2hu"}`: what Go makes of its message. */
export function encodeMessage({ header, body }: BrokerMessage): string {
  return JSON.stringify({
    Header: header,
    Body: Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("base64"),
  });
}

/** Reads what {@link encodeMessage} wrote; values that are no text are left out. Throws MicroError 400 for what is no JSON. */
export function decodeMessage(text: string): { header: Record<string, string>; body: Uint8Array } {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw badRequest("go.micro.broker", `event is no JSON: ${(error as Error).message}`);
  }
  const { Header, Body } = (json ?? {}) as { Header?: unknown; Body?: unknown };
  const entries = typeof Header === "object" && Header !== null ? Object.entries(Header) : [];
  // fromEntries defines keys, so that one called __proto__ stays a key.
  const header: Record<string, string> = Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
  const body = typeof Body === "string" ? new Uint8Array(Buffer.from(Body, "base64")) : new Uint8Array();
  return { header, body };
}
