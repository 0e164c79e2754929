import { createDescriptorReader, type EncodedOptions } from "./descriptor-reader.ts";
import { editionOfNumber } from "./editions.ts";
import type { WireMessage } from "./read-wire.ts";
import type { DescriptorPath } from "./source-info.ts";
import { readSourceInfo } from "./source-info.ts";
import type { FileNode, ImportNode } from "./syntax.ts";

/**
 * Turns a google.protobuf.FileDescriptorProto into what the parser makes of the text, so that everything behind it is
 * the same. Options are handed out as bytes, because their meaning depends on other files.
 *
 * @throws WireError when it is none
 */
export function fileFromDescriptor(
  descriptor: WireMessage,
  origin: FileNode["origin"],
): { file: FileNode; options: EncodedOptions[] } {
  const info = readSourceInfo(descriptor.message(9));
  const edition = editionOf(descriptor);
  const options: EncodedOptions[] = [];
  const read = createDescriptorReader(info, edition, options);
  const packageName = descriptor.text(2) ?? "";
  const scope = packageName === "" ? "" : `.${packageName}`;
  const file: FileNode = {
    path: descriptor.text(1) ?? "",
    origin,
    isCompiled: true,
    text: "",
    lineStarts: info.lineStarts,
    edition,
    editionAt: info.offset([12]) ?? 0,
    package: packageName === "" ? undefined : { text: packageName, at: info.offset([2]) ?? 0 },
    leadingComment: info.fileComment,
    imports: readImports(descriptor, (path) => info.offset(path) ?? 0),
    options: read.options(descriptor, 8, "FileOptions", []),
    messages: descriptor.messages(4).map((node, index) => read.message(node, [4, index], scope, index)),
    enums: descriptor.messages(5).map((node, index) => read.enum(node, [5, index])),
    services: descriptor.messages(6).map((node, index) => read.service(node, [6, index])),
    extends: read.extends(descriptor, 7, []),
  };
  return { file, options };
}

/** `proto2`, `2023`. */
function editionOf(descriptor: WireMessage): string {
  const syntax = descriptor.text(12) ?? "";
  if (syntax !== "editions") return syntax === "" ? "proto2" : syntax;
  return editionOfNumber(descriptor.integer(14) ?? 0);
}

function readImports(descriptor: WireMessage, at: (path: DescriptorPath) => number): ImportNode[] {
  const publicOnes = new Set(descriptor.integers(10));
  const weakOnes = new Set(descriptor.integers(11));
  return [
    ...descriptor.texts(3).map((path, index): ImportNode => {
      const kind = publicOnes.has(index) ? "public" : weakOnes.has(index) ? "weak" : "plain";
      return { path, at: at([3, index]), kind };
    }),
    ...descriptor.texts(15).map((path, index): ImportNode => ({ path, at: at([15, index]), kind: "option" })),
  ];
}
