import type { Any } from "../google/protobuf/any.ts";
import type { AnyMessageType, MessageInit, MessageType, TypeRegistry } from "../message-type.ts";

/** Puts a message into an Any, under `type.googleapis.com/` as everybody does. */
export function anyPack<T>(type: MessageType<T>, message: MessageInit<T>): Any {
  return { typeUrl: `type.googleapis.com/${type.typeName}`, value: type.encode(message) };
}

/** True when the Any holds a message of that type. */
export function anyIs(any: MessageInit<Any>, type: AnyMessageType): boolean {
  return typeNameOf(any) === type.typeName;
}

/** The message in an Any, undefined when it is of another type. Throws DecodeError when its bytes are no such message. */
export function anyUnpack<T>(any: MessageInit<Any>, type: MessageType<T>): T | undefined {
  return anyIs(any, type) ? type.decode(any.value ?? new Uint8Array(0)) : undefined;
}

/** The message in an Any with its type, looked up in `types`; undefined when it is not there. */
export function anyUnpackWith(
  any: MessageInit<Any>,
  types: TypeRegistry,
): { readonly type: AnyMessageType; readonly message: unknown } | undefined {
  const type = types.get(typeNameOf(any));
  return type === undefined ? undefined : { type, message: type.decode(any.value ?? new Uint8Array(0)) };
}

function typeNameOf({ typeUrl = "" }: MessageInit<Any>): string {
  return typeUrl.slice(typeUrl.lastIndexOf("/") + 1);
}
