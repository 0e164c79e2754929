import { badRequest } from "../../errors/index.ts";
import type { BrokerMessage, Event } from "../broker.ts";
import type { Dialect } from "./dialect.ts";

/** `{"Header":{"Micro-Topic":"topic.a"},"Body":"CgRKb2hu"}`: what Go makes of its message. */
export function encodeEvent(topic: string, message: BrokerMessage, dialect: Dialect): string {
  const { body } = message;
  return JSON.stringify({
    Header: { ...message.header, [dialect.topicKey]: topic },
    Body: Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("base64"),
  });
}

/** Reads what {@link encodeEvent} wrote. Throws MicroError for anything else. */
export function decodeEvent(text: string, dialect: Dialect): Event {
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
  const topic = header[dialect.topicKey];
  if (topic === undefined || topic === "") throw badRequest("go.micro.broker", "event has no topic");
  if (!dialect.keepsTopicKey) delete header[dialect.topicKey];
  const body = typeof Body === "string" ? new Uint8Array(Buffer.from(Body, "base64")) : new Uint8Array();
  return { topic, message: { header, body } };
}
