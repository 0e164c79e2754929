// JSON without a schema: what a service pays when it uses no protobuf at all.
export function load(_name, json) {
  const text = JSON.stringify(json);
  const bytes = Buffer.from(text);
  return {
    encode: () => Buffer.from(JSON.stringify(json)),
    decode: () => JSON.parse(bytes.toString()),
    toJson: () => JSON.stringify(json),
    toJsonBytes: () => Buffer.from(JSON.stringify(json)),
    fromJson: () => JSON.parse(text),
  };
}
