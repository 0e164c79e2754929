import { errorCodeOfGrpc, MicroError } from "../errors/index.ts";
import type { AnyMethod } from "../protobuf/index.ts";
import { watchStream } from "./watch-stream.ts";

/** Calls `end` once, when the answer is there or its last message was read, with what it failed with. */
export async function whenEnded(
  answer: Promise<unknown>,
  { kind }: AnyMethod,
  end: (error: unknown) => void,
): Promise<unknown> {
  try {
    const value = await answer;
    if (kind === "serverStream" || kind === "bidiStream")
      return watchStream(value as AsyncIterable<unknown>, end);
    end(undefined);
    return value;
  } catch (error) {
    end(error);
    throw error;
  }
}

/** `greeter.Greeter/Hello`; an event's method is its topic alone. */
export function nameOf({ service, name }: AnyMethod): string {
  return service === "" ? name : `${service}/${name}`;
}

/** gRPC's name of a call's result: `OK`, `NOT_FOUND`. */
export function codeOf(error: unknown): string {
  if (error === undefined) return "OK";
  // What a handler throws besides MicroError reaches its caller as a bland 500.
  return MicroError.is(error) ? errorCodeOfGrpc(error.grpc).grpcName : "INTERNAL";
}
