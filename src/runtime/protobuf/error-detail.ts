import type { ErrorDetail, MicroError } from "../errors/index.ts";
import type { MessageInit, MessageType } from "./message-type.ts";

/**
 * A message as a detail of an error:
 * `new MicroError({ id, code: 429, detail: "slow down", details: [errorDetail(RetryInfo, { retryDelay })] })`.
 */
export function errorDetail<T>(type: MessageType<T>, message: MessageInit<T>): ErrorDetail {
  return { type: type.typeName, value: type.encode(message) };
}

/** The first detail of that type, undefined when there is none. Throws DecodeError when its bytes are no such message. */
export function findDetail<T>(error: MicroError, type: MessageType<T>): T | undefined {
  const found = error.details.find((one) => one.type === type.typeName);
  return found === undefined ? undefined : type.decode(found.value);
}
