import type { FieldNode } from "./syntax.ts";

/** A message written as options: set fields in the order they were written. */
export interface OptionMessage {
  readonly typeName: string;
  readonly fields: Map<FieldNode, OptionField>;
}

/** One set field. `values` has one element unless the field is repeated or a map. */
export interface OptionField {
  readonly node: FieldNode;
  /** `deprecated`; `(google.api.http)` for extensions. */
  readonly key: string;
  readonly values: OptionData[];
}

/** Strings and bytes are one char per byte. `any`: a packed google.protobuf.Any. */
export type OptionData =
  | { readonly kind: "bool"; readonly value: boolean }
  | { readonly kind: "integer"; readonly value: bigint }
  | { readonly kind: "float"; readonly value: number }
  | { readonly kind: "bytes"; readonly value: string }
  | { readonly kind: "enum"; readonly name: string; readonly number: bigint }
  | { readonly kind: "message"; readonly value: OptionMessage }
  | { readonly kind: "any"; readonly url: string; readonly value: OptionMessage };

/** Which message of descriptor.proto holds the options of what. */
export type OptionsType =
  | "FileOptions"
  | "MessageOptions"
  | "FieldOptions"
  | "OneofOptions"
  | "EnumOptions"
  | "EnumValueOptions"
  | "ServiceOptions"
  | "MethodOptions"
  | "ExtensionRangeOptions";
