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

/**
 * The runtime's own google/protobuf, relative to `src/runtime/protobuf`. The same emitter as everybody's, with imports
 * inside the runtime and JSON forms written by hand.
 *
 * @param schema holds WELL_KNOWN_FILES
 */
export function emitWellKnownTypes(schema: Schema): GeneratedFile[] {
  const files = schema.files
    .filter((file) => WELL_KNOWN_FILES.includes(file.path))
    .map((file) => ({ ...file, origin: "asked" as const }));
  const scope = createScope(
    { ...schema, files },
    {
      protobuf: "/message-type",
      codec: "/helpers",
      main: "/unused",
      handWrittenJson(fullName) {
        const module = HAND_WRITTEN.get(fullName.replace("google.protobuf.", ""));
        return module === undefined ? undefined : `/json/well-known/${module}`;
      },
    },
    () => true,
  );
  return emitScope(scope, {});
}
