import type { MessageParts } from "./define-message.ts";

/**
 * A field that a .proto adds to a message of another one: `extend Extendee { optional int32 later = 100; }`. Generated
 * code exports one such constant per extension. Its value lives in the message's `$unknown`, as bytes, so messages pay
 * nothing for extensions that nobody asks for: see getExtension, setExtension, hasExtension and clearExtension.
 *
 * `Value` is what a field of that type would be: `number | undefined`, `Part[]`.
 */
export interface Extension<Extendee, Value> {
  /** Full proto name, `legacy.later`; in JSON the key is `[legacy.later]`. */
  readonly typeName: string;
  /** Full proto name of the message that it extends. */
  readonly extendee: string;
  readonly number: number;
  /** Never there: only for the compiler, to know the types by. No symbol, so that two copies of the runtime agree. */
  readonly "~types"?: (message: Extendee, value: Value) => Value;
}

/** Any extension, where it does not matter whose. */
// biome-ignore lint/suspicious/noExplicitAny: Extension is invariant, so only `any` holds every one.
export type AnyExtension = Extension<any, any>;

/** What an extension's records are read as: a message with this one field. */
export interface ExtensionRecord<Value> {
  value: Value;
  $unknown?: Uint8Array | undefined;
}

const PARTS: unique symbol = /* @__PURE__ */ Symbol.for("@micro-service/runtime/ExtensionParts");

/** What generated code tells about an extension: it as the only field of a message, and where it belongs. */
export interface ExtensionParts<Value>
  extends Pick<MessageParts<ExtensionRecord<Value>>, "encode" | "decode" | "writeJson" | "readJson"> {
  readonly extendee: string;
  readonly number: number;
  /** The extendee has proto1's `message_set_wire_format`. */
  readonly messageSet?: boolean;
}

interface DefinedExtension<Extendee, Value> extends Extension<Extendee, Value> {
  readonly [PARTS]: ExtensionParts<Value>;
}

/** Makes an Extension of generated functions. */
export function defineExtension<Extendee, Value>(
  typeName: string,
  parts: ExtensionParts<Value>,
): Extension<Extendee, Value> {
  const { extendee, number } = parts;
  const extension: DefinedExtension<Extendee, Value> = { typeName, extendee, number, [PARTS]: parts };
  return extension;
}

/** @throws TypeError for an extension that generated code did not make */
export function partsOfExtension<Value>(extension: Extension<never, Value>): ExtensionParts<Value> {
  const parts = (extension as Partial<DefinedExtension<never, Value>>)[PARTS];
  if (parts === undefined) throw new TypeError(`${extension.typeName} is no generated extension`);
  return parts;
}
