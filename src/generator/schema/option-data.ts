import type { OptionData, OptionMessage } from "./option-message.ts";

/** Options as plain data: `{ deprecated: true, "(google.api.http)": { get: "/v1" } }`. 64-bit integers beyond 2^53 are text. */
export function toPlainOptions(message: OptionMessage): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const { node, key, values } of message.fields.values()) {
    const plain = values.map(toPlain);
    const isMap = node.mapEntry !== undefined;
    const value = isMap
      ? Object.fromEntries(plain.map(toEntry))
      : node.label === "repeated"
        ? plain
        : plain[0];
    // A field named `__proto__` is data like any other.
    if (key === "__proto__") Object.defineProperty(result, key, { ...ownProperty, value });
    else result[key] = value;
  }
  return result;
}

const ownProperty = { configurable: true, enumerable: true, writable: true };

function toEntry(value: unknown): [string, unknown] {
  const { key, value: content } = value as { key?: unknown; value?: unknown };
  return [String(key ?? ""), content];
}

function toPlain(data: OptionData): unknown {
  switch (data.kind) {
    case "integer":
      return Number.isSafeInteger(Number(data.value)) ? Number(data.value) : String(data.value);
    case "bytes":
      return Buffer.from(data.value, "latin1").toString("utf8");
    case "enum":
      return data.name;
    case "message":
      return toPlainOptions(data.value);
    case "any":
      return { [`[${data.url}]`]: toPlainOptions(data.value) };
    default:
      return data.value;
  }
}
