import type { Diagnostic } from "./diagnostic.ts";

/**
 * A set of .proto files as plain data: resolved, in declaration order, with positions. Everything behind `schema/`
 * works on this and never sees the parser. Names are as in the .proto; full names have no leading dot.
 */
export interface Schema {
  /** Sorted by path. Holds the files asked for and all their imports. */
  readonly files: readonly SchemaFile[];
  /** By full name, for `typeName` look-ups. */
  readonly messages: ReadonlyMap<string, Message>;
  readonly enums: ReadonlyMap<string, Enum>;
  /** Fields that messages get from elsewhere, custom options among them. */
  readonly extensions: ReadonlyMap<string, Extension>;
  /** One `google.protobuf.FileDescriptorSet` of all files, imports first; what `schema.binpb` holds. */
  readonly descriptorSet: Uint8Array;
  /** What is legal and yet unwise in the files asked for, in order. Absent: nobody looked. */
  readonly warnings?: readonly Diagnostic[];
}

/** 1-based, as editors and protoc count. Columns count UTF-16 units. */
export interface Position {
  /** Path as given to the loader, POSIX separators, relative to the include path it was found in. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export interface SchemaFile {
  /** Import path: `greeter.proto`, `google/protobuf/timestamp.proto`. */
  readonly path: string;
  /** `proto2`, `proto3` or `2023`... */
  readonly edition: string;
  /** Empty for none. */
  readonly package: string;
  /** `asked`: named by the user. `import`: found on the user's include path. `bundled`: came with the tool. */
  readonly origin: "asked" | "import" | "bundled";
  /** First comment of the file when a blank line follows it: a licence, usually. */
  readonly leadingComment: string | undefined;
  readonly imports: readonly {
    readonly path: string;
    readonly public: boolean;
    readonly position: Position;
  }[];
  readonly messages: readonly Message[];
  readonly enums: readonly Enum[];
  readonly services: readonly ServiceDef[];
  /** Declared at the top of the file, in order; others stand in messages. */
  readonly extensions: readonly Extension[];
  readonly deprecated: boolean;
  /** As `Declared.options` has them: `{ java_package: "shop" }`. */
  readonly options: Readonly<Record<string, unknown>>;
  /** The .proto text, for code frames. */
  readonly text: string;
}

interface Declared {
  readonly name: string;
  /** `greeter.HelloRequest.Inner`. */
  readonly fullName: string;
  /** Text of the comment above (or behind) the declaration, comment marks removed; undefined for none. */
  readonly comment: string | undefined;
  readonly deprecated: boolean;
  readonly position: Position;
  /**
   * Options as plain data, custom ones under `(full.name)`: `{ deprecated: true, "(google.api.http)": { get: "/v1" } }`.
   * Enum values are names, 64-bit integers beyond 2^53 are decimal text. `default` and `json_name` are not among them.
   */
  readonly options: Readonly<Record<string, unknown>>;
}

/** Numbers and names that nobody may take (again). */
export interface Reserved {
  /** Both ends belong to it. */
  readonly numbers: readonly NumberRange[];
  readonly names: readonly string[];
}

export interface NumberRange {
  readonly start: number;
  /** `max` is the largest there is. */
  readonly end: number;
}

export interface Message extends Declared {
  /** File it is declared in. */
  readonly file: string;
  /** Full name of the enclosing message, undefined at top level. */
  readonly parent: string | undefined;
  readonly fields: readonly Field[];
  readonly oneofs: readonly Oneof[];
  readonly messages: readonly Message[];
  readonly enums: readonly Enum[];
  /** Declared inside of this message, for whatever message; its name is only their scope. */
  readonly extensions: readonly Extension[];
  /** It has numbers set aside for extensions. */
  readonly extensible: boolean;
  readonly extensionRanges: readonly NumberRange[];
  readonly reserved: Reserved;
  /** Its JSON is specified; false for proto2's "best effort". */
  readonly hasJsonFormat: boolean;
}

export type ScalarType =
  | "double"
  | "float"
  | "int32"
  | "int64"
  | "uint32"
  | "uint64"
  | "sint32"
  | "sint64"
  | "fixed32"
  | "fixed64"
  | "sfixed32"
  | "sfixed64"
  | "bool"
  | "string"
  | "bytes";

export type ValueType =
  | {
      readonly kind: "scalar";
      readonly scalar: ScalarType;
      /** What a 64-bit integer is in JavaScript by its `jstype`; absent without one, or for JS_NORMAL. */
      readonly js?: "string" | "number";
    }
  | {
      readonly kind: "message";
      readonly typeName: string /** Group encoding. */;
      readonly delimited: boolean;
    }
  | { readonly kind: "enum"; readonly typeName: string };

export interface Field extends Declared {
  readonly number: number;
  /** ProtoJSON name: explicit `json_name`, else lowerCamelCase. */
  readonly jsonName: string;
  readonly type: ValueType;
  /** `map`: `mapKey` is set and `type` is the value's. */
  readonly cardinality: "singular" | "repeated" | "map";
  readonly mapKey: ScalarType | undefined;
  /** Of a singular field: `implicit` is proto3's plain field, absent when default. Messages are `explicit`. */
  readonly presence: "implicit" | "explicit" | "required";
  /** Repeated numbers in one length-delimited record. */
  readonly packed: boolean;
  /** Name of the oneof it belongs to; a proto3 `optional` belongs to none. */
  readonly oneof: string | undefined;
  /**
   * Explicit default; undefined for none. Enums by name, 64-bit integers as decimal text, bytes as text of one
   * character per byte; numbers may be infinite or NaN.
   */
  readonly defaultValue: string | number | boolean | undefined;
  /** Invalid UTF-8 in a string, a map's keys included, is an error (proto3 and editions' VERIFY). */
  readonly verifyUtf8: boolean;
}

/**
 * A field that is declared outside of the message it belongs to. `fullName` has the scope it is declared in, not the
 * extended message; `jsonName` is `[full.name]`, as ProtoJSON and the text format write it.
 */
export interface Extension extends Field {
  /** File it is declared in. */
  readonly file: string;
  /** Full name of the message it is declared in, undefined at top level. */
  readonly parent: string | undefined;
  /** Full name of the message that gets the field: `google.protobuf.MethodOptions`. */
  readonly extendee: string;
}

export interface Oneof extends Declared {
  /** Names of its fields, in order. */
  readonly fields: readonly string[];
}

export interface Enum extends Declared {
  readonly file: string;
  readonly parent: string | undefined;
  readonly values: readonly EnumValue[];
  /** Open enums keep unknown numbers; closed ones (proto2) treat them as unknown fields. */
  readonly open: boolean;
  readonly reserved: Reserved;
  /** Its JSON is specified; false for proto2's "best effort". */
  readonly hasJsonFormat: boolean;
}

export interface EnumValue extends Declared {
  readonly number: number;
}

export interface ServiceDef extends Declared {
  readonly file: string;
  readonly methods: readonly Method[];
}

export interface Method extends Declared {
  /** Full names. */
  readonly input: string;
  readonly output: string;
  readonly kind: "unary" | "serverStream" | "clientStream" | "bidiStream";
  readonly idempotency: "unknown" | "noSideEffects" | "idempotent";
  /** `google.api.http` with its additional bindings, first one first. */
  readonly http: readonly HttpBinding[];
}

export interface HttpBinding {
  /** `GET`, `POST`, ... or the custom verb. */
  readonly method: string;
  readonly path: string;
  readonly body: string | undefined;
  readonly responseBody: string | undefined;
}
