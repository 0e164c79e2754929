import type { FieldNode, FileNode, MessageNode } from "./syntax.ts";

/** The oneofs that protoc makes of proto3's `optional`, with protoc's names. */
export function syntheticOneofs(file: FileNode, node: MessageNode): Map<FieldNode, string> {
  const result = new Map<FieldNode, string>();
  if (file.edition !== "proto3") return result;
  const taken = new Set([...node.fields, ...node.oneofs].map((member) => member.name.text));
  for (const field of node.fields) {
    if (field.label !== "optional") continue;
    let name = field.name.text.startsWith("_") ? field.name.text : `_${field.name.text}`;
    while (taken.has(name)) name = `X${name}`;
    taken.add(name);
    result.set(field, name);
  }
  return result;
}
