import type { Extension, Field, Message, Schema, ValueType } from "../schema/schema.ts";
import type { Int64Type } from "./emit.ts";

/** The schema with `js` set on all 64-bit integers that have no `jstype`. */
export function withInt64(schema: Schema, int64: Int64Type): Schema {
  if (int64 === "bigint") return schema;
  const js = int64;
  const messages = new Map<string, Message>();
  const extensions = new Map<string, Extension>();
  const files = schema.files.map((file) => ({
    ...file,
    messages: file.messages.map(toMessage),
    extensions: file.extensions.map(toExtension),
  }));
  return { ...schema, files, messages, extensions };

  function toMessage(message: Message): Message {
    const changed: Message = {
      ...message,
      fields: message.fields.map(toField),
      messages: message.messages.map(toMessage),
      extensions: message.extensions.map(toExtension),
    };
    messages.set(changed.fullName, changed);
    return changed;
  }

  function toExtension(extension: Extension): Extension {
    const changed = toField(extension);
    extensions.set(changed.fullName, changed);
    return changed;
  }

  function toField<T extends Field>(field: T): T {
    return { ...field, type: toType(field.type) };
  }

  function toType(type: ValueType): ValueType {
    return type.kind === "scalar" && type.scalar.endsWith("64") ? { js, ...type } : type;
  }
}
