/**
 * A .proto file as it is written: names are not looked up, options not interpreted. Offsets (`at`) are UTF-16 and
 * become line and column only when somebody asks.
 */
export interface FileNode {
  readonly path: string;
  readonly origin: "asked" | "import" | "bundled";
  /** Read from a descriptor: options that count in the source only, such as `enforce_naming_style`, are gone. */
  readonly isCompiled: boolean;
  readonly text: string;
  readonly lineStarts: readonly number[];
  /** `proto2` when nothing is declared. */
  edition: string;
  editionAt: number;
  package: NameNode | undefined;
  leadingComment: string | undefined;
  readonly imports: ImportNode[];
  readonly options: OptionNode[];
  readonly messages: MessageNode[];
  readonly enums: EnumNode[];
  readonly services: ServiceNode[];
  readonly extends: ExtendNode[];
}

/** A name as written, `a.b.C` or `.a.b.C` for references. */
export interface NameNode {
  readonly text: string;
  readonly at: number;
}

export interface ImportNode {
  readonly path: string;
  readonly at: number;
  readonly kind: "plain" | "public" | "weak" | "option";
}

interface DeclarationNode {
  readonly name: NameNode;
  readonly comment: string | undefined;
  readonly options: OptionNode[];
}

export interface MessageNode extends DeclarationNode {
  /** All fields in order, those of oneofs too. */
  readonly fields: FieldNode[];
  readonly oneofs: OneofNode[];
  readonly messages: MessageNode[];
  readonly enums: EnumNode[];
  readonly extends: ExtendNode[];
  readonly extensionRanges: RangeNode[];
  readonly reservedRanges: RangeNode[];
  readonly reservedNames: NameNode[];
  /** Declared by a proto2 `group`. */
  readonly isGroup: boolean;
  readonly visibility: "export" | "local" | undefined;
}

export interface FieldNode extends DeclarationNode {
  readonly label: "optional" | "required" | "repeated" | undefined;
  readonly labelAt: number;
  /** A scalar's name or a reference; of a map, the value's. */
  readonly type: NameNode;
  readonly mapKey: NameNode | undefined;
  /** Of a map: the fields of its hidden message. */
  readonly mapEntry: { readonly key: FieldNode; readonly value: FieldNode } | undefined;
  readonly number: IntegerNode;
  readonly oneof: OneofNode | undefined;
  readonly isGroup: boolean;
}

export interface IntegerNode {
  readonly value: bigint;
  readonly at: number;
}

export interface OneofNode extends DeclarationNode {
  readonly fields: FieldNode[];
}

export interface EnumNode extends DeclarationNode {
  readonly values: EnumValueNode[];
  readonly reservedRanges: RangeNode[];
  readonly reservedNames: NameNode[];
  readonly visibility: "export" | "local" | undefined;
}

export interface EnumValueNode extends DeclarationNode {
  readonly number: IntegerNode;
}

export interface RangeNode {
  readonly start: bigint;
  /** Inclusive. `undefined` is `max`. */
  readonly end: bigint | undefined;
  readonly at: number;
  readonly options: OptionNode[];
}

export interface ExtendNode {
  readonly extendee: NameNode;
  readonly fields: FieldNode[];
}

export interface ServiceNode extends DeclarationNode {
  readonly methods: MethodNode[];
}

export interface MethodNode extends DeclarationNode {
  readonly input: NameNode;
  readonly output: NameNode;
  readonly clientStreaming: boolean;
  readonly serverStreaming: boolean;
  /** Ends with `{}`, not with `;`. */
  readonly hasBlock: boolean;
}

/** `(google.api.http).get = "/x"` has the parts `google.api.http` (an extension) and `get`. */
export interface OptionNode {
  readonly parts: readonly OptionPart[];
  readonly value: OptionValue;
  readonly at: number;
}

export interface OptionPart {
  readonly name: string;
  readonly isExtension: boolean;
  readonly at: number;
}

export type OptionValue =
  | { readonly kind: "string"; readonly bytes: string; readonly at: number }
  | { readonly kind: "name"; readonly name: string; readonly isNegative: boolean; readonly at: number }
  /** `isDecimal`: not `0x1F` or `017`, which the text format takes for no float. */
  | { readonly kind: "integer"; readonly value: bigint; readonly isDecimal: boolean; readonly at: number }
  | { readonly kind: "float"; readonly value: number; readonly at: number }
  | { readonly kind: "list"; readonly values: readonly OptionValue[]; readonly at: number }
  | { readonly kind: "aggregate"; readonly entries: readonly AggregateEntry[]; readonly at: number };

/** `name: value`, `[package.extension]: value` or `[type.googleapis.com/package.Type] { ... }` of an Any. */
export interface AggregateEntry {
  readonly name: string;
  readonly isExtension: boolean;
  readonly at: number;
  /** Only messages and lists of them may do without. */
  readonly hasColon: boolean;
  readonly value: OptionValue;
}

/** Full text of an option's name, for messages: `(google.api.http).get`. */
export function optionName(option: OptionNode): string {
  return option.parts.map((part) => (part.isExtension ? `(${part.name})` : part.name)).join(".");
}
