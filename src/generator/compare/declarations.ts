import type { Enum, Extension, Message, SchemaFile, ServiceDef } from "../schema/index.ts";

/** What has a full name of its own and can go away or move, with the file it is in. */
export type Declaration = { readonly file: string } & (
  | { readonly kind: "message"; readonly node: Message }
  | { readonly kind: "enum"; readonly node: Enum }
  | { readonly kind: "extension"; readonly node: Extension }
  | { readonly kind: "service"; readonly node: ServiceDef }
);

/** All declarations of some files by full name, outer ones first. */
export function declarationsOf(files: Iterable<SchemaFile>): Map<string, Declaration> {
  const found = new Map<string, Declaration>();
  for (const file of files) {
    const { path } = file;
    const add = (node: Pick<Message, "messages" | "enums" | "extensions">) => {
      for (const child of node.enums) found.set(child.fullName, { kind: "enum", node: child, file: path });
      for (const child of node.extensions)
        found.set(child.fullName, { kind: "extension", node: child, file: path });
      for (const child of node.messages) {
        found.set(child.fullName, { kind: "message", node: child, file: path });
        add(child);
      }
    };
    add(file);
    for (const service of file.services)
      found.set(service.fullName, { kind: "service", node: service, file: path });
  }
  return found;
}
