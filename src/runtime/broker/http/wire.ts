import { badRequest } from "../../errors/index.ts";
import type { BrokerMessage, Event } from "../broker.ts";
import { decodeMessage, encodeMessage } from "../message-json.ts";
import type { Dialect } from "./dialect.ts";

/** `{"Header":{"Micro-Topic":"topic.a"},"Body":"CgRKb2hu"}`: the topic is in the header. */
export function encodeEvent(topic: string, { header, body }: BrokerMessage, dialect: Dialect): string {
  return encodeMessage({ header: { ...header, [dialect.topicKey]: topic }, body });
}

/** Reads what {@link encodeEvent} wrote. Throws MicroError for anything else. */
export function decodeEvent(text: string, dialect: Dialect): Event {
  const { header, body } = decodeMessage(text);
  const topic = header[dialect.topicKey];
  if (topic === undefined || topic === "") throw badRequest("go.micro.broker", "event has no topic");
  if (!dialect.keepsTopicKey) delete header[dialect.topicKey];
  return { topic, message: { header, body } };
}
