import type { BundledSchemas } from "./bundled.ts";
import { checkNames } from "./check-names.ts";
import { createOptionDecoder } from "./decode-options.ts";
import type { EncodedOptions } from "./descriptor-reader.ts";
import { type Diagnostic, SchemaError } from "./diagnostic.ts";
import { fileFromDescriptor } from "./file-from-descriptor.ts";
import type { FileSource } from "./file-source.ts";
import type { Linked } from "./linked.ts";
import { parseFile } from "./parse-file.ts";
import { readMessage, WireError, type WireMessage } from "./read-wire.ts";

/** Schemas as descriptors, whose options are understood later than the rest. */
export interface DescriptorSource extends FileSource {
  /** Import paths of all files that do not come with the tool anyway, in the order of the set. */
  readonly ownPaths: readonly string[];
  /** Names in the opened files that no .proto could have: nothing of the files may be used then, or shown as it is. */
  readonly impossibleNames: readonly Diagnostic[];
  /** Puts the options of all opened files where they belong. */
  decodeOptions(linked: Linked): void;
}

/**
 * Schemas of a google.protobuf.FileDescriptorSet. Files of google/protobuf that come with the tool are taken from
 * there, as they are when texts are read.
 *
 * @param name what the set is called in messages
 * @throws SchemaError when the bytes are no such set
 */
export function createDescriptorSource(
  set: Uint8Array,
  name: string,
  bundled: BundledSchemas,
): DescriptorSource {
  const descriptors = new Map<string, WireMessage>();
  read(name, () => {
    for (const descriptor of readMessage(set).messages(1)) {
      const path = descriptor.text(1);
      if (path === undefined || path === "") throw new WireError("a file has no name");
      descriptors.set(path, descriptor);
    }
  });
  const encoded: { readonly path: string; readonly options: readonly EncodedOptions[] }[] = [];
  const impossibleNames: Diagnostic[] = [];
  const bundledText = (path: string) =>
    path.startsWith("google/protobuf/") || !descriptors.has(path) ? bundled.read(path) : undefined;

  return {
    impossibleNames,
    ownPaths: [...descriptors.keys()].filter((path) => bundled.read(path) === undefined),
    toImportPath(asked) {
      if (descriptors.has(asked)) return { path: asked };
      return { problem: `There is no such file in ${name}; check the spelling.` };
    },
    open(path, isAsked) {
      const text = bundledText(path);
      if (text !== undefined) return parseFile(path, text, "bundled");
      const descriptor = descriptors.get(path);
      if (descriptor === undefined) {
        return {
          problem: `There is no "${path}" in ${name}; make it with --include_imports.`,
          rule: "unresolved-import",
        };
      }
      const { file, options } = read(path, () =>
        fileFromDescriptor(descriptor, isAsked ? "asked" : "import"),
      );
      encoded.push({ path, options });
      for (const diagnostic of checkNames(file)) impossibleNames.push(diagnostic);
      return { file, errors: [], hasLostNames: false };
    },
    decodeOptions(linked) {
      const decode = createOptionDecoder(linked);
      for (const { path, options } of encoded)
        read(path, () => {
          for (const one of options) one.target.push(...decode(one));
        });
    },
  };

  function read<Result>(file: string, work: () => Result): Result {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      const message = `${file === name ? "This" : `What ${name} says of this file`} is no descriptor: ${error.message}. Make it with protoc --descriptor_set_out --include_imports --include_source_info.`;
      throw new SchemaError([{ position: { file, line: 1, column: 1 }, rule: "descriptor", message }]);
    }
  }
}
