import type { MessageInit, MessageType } from "../protobuf/index.ts";

/** Turns messages of any generated type into bytes of one content type, and back. */
export interface Codec {
  /** `proto` or `json`: gRPC's sub-type and Connect's codec name. */
  readonly name: string;
  marshal<T>(type: MessageType<T>, message: MessageInit<T>): Uint8Array;
  /** Throws MicroError 400 for bytes that are no such message. */
  unmarshal<T>(type: MessageType<T>, bytes: Uint8Array, options?: UnmarshalOptions): T;
}

export interface UnmarshalOptions {
  /**
   * Refuse names of fields and enum values that the type does not know. For requests, where one is a typo; responses
   * and events may come from somebody newer. No matter to binary, which has no names. Default false.
   */
  readonly strict?: boolean;
  /** In JSON, take times also as objects of their fields, which is how Go writes structs. Default false. */
  readonly timesAsObjects?: boolean;
}

/** How a server reads requests: go-micro refuses unknown fields in JSON, too. */
export const REQUEST: UnmarshalOptions = { strict: true };
