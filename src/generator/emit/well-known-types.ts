import type { Schema } from "../schema/schema.ts";
import type { GeneratedFile } from "./emit.ts";
import { emitScope } from "./emit-schema.ts";
import { createScope } from "./scope.ts";

/** Files of google/protobuf that the runtime has. */
export const WELL_KNOWN_FILES: readonly string[] = [
  "any",
  "descriptor",
  "duration",
  "empty",
  "field_mask",
  "struct",
  "timestamp",
  "wrappers",
].map((name) => `google/protobuf/${name}.proto`);

/** Messages with a JSON form of their own, and the module of the runtime that knows it. */
const HAND_WRITTEN = new Map([
  ["Any", "any"],
  ["Duration", "duration"],
  ["FieldMask", "field-mask"],
  ["Timestamp", "timestamp"],
  ...["Struct", "Value", "ListValue"].map((name) => [name, "struct"] as const),
  ...["Double", "Float", "Int64", "UInt64", "Int32", "UInt32", "Bool", "String", "Bytes"].map(
    (name) => [`${name}Value`, "wrappers"] as const,
  ),
]);

const wrapper = (of: string): string =>
  `${of} that may be absent, from before proto3 had \`optional\`. JSON: the bare value.`;

/** The bundled schemas have no comments; people see these types in their editors all the same. */
const COMMENTS = new Map([
  [
    "Any",
    "A message of any type, with the type's name. JSON needs a type registry. See anyPack and anyUnpack.",
  ],
  ["Duration", 'A span of time. JSON: `"1.5s"`. See durationFromMs and durationToMs.'],
  ["Empty", "A message without fields, for rpcs that take or answer nothing."],
  ["FieldMask", 'Paths of fields, `user.display_name`. JSON: `"user.displayName,photo"`.'],
  ["ListValue", "A JSON array."],
  ["NullValue", "JSON's null."],
  ["Struct", "A JSON object. See structFromObject and structToObject."],
  [
    "Timestamp",
    'A point in time, to the nanosecond. JSON: `"1970-01-01T00:00:00Z"`. See timestampNow and timestampToDate.',
  ],
  ["Value", "Any JSON value. See valueFromJson and valueToJson."],
  ["DoubleValue", wrapper("A double")],
  ["FloatValue", wrapper("A float")],
  ["Int64Value", wrapper("An int64")],
  ["UInt64Value", wrapper("A uint64")],
  ["Int32Value", wrapper("An int32")],
  ["UInt32Value", wrapper("A uint32")],
  ["BoolValue", wrapper("A bool")],
  ["StringValue", wrapper("A string")],
  ["BytesValue", wrapper("Bytes")],
]);

function withComment<T extends { readonly name: string; readonly comment: string | undefined }>(
  declared: T,
): T {
  return { ...declared, comment: declared.comment ?? COMMENTS.get(declared.name) };
}

/**
 * The runtime's own google/protobuf, relative to `src/runtime/protobuf`. The same emitter as everybody's, with imports
 * inside the runtime and JSON forms written by hand.
 *
 * @param schema holds WELL_KNOWN_FILES
 */
export function emitWellKnownTypes(schema: Schema): GeneratedFile[] {
  const files = schema.files
    .filter((file) => WELL_KNOWN_FILES.includes(file.path))
    .map((file) => ({
      ...file,
      origin: "asked" as const,
      messages: file.messages.map(withComment),
      enums: file.enums.map(withComment),
    }));
  const scope = createScope(
    { ...schema, files },
    {
      protobuf: "/message-type",
      codec: "/helpers",
      client: "/unused",
      server: "/unused",
      context: "/unused",
      handWrittenJson(fullName) {
        const module = HAND_WRITTEN.get(fullName.replace("google.protobuf.", ""));
        return module === undefined ? undefined : `/json/well-known/${module}`;
      },
    },
    () => true,
  );
  return emitScope(scope, {});
}
