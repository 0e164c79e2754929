import { readMessage, type WireMessage } from "./read-wire.ts";

/** One file of a descriptor set, as much of it as can be told without understanding it. */
export interface DescriptorFile {
  readonly path: string;
  /** An encoded google.protobuf.FileDescriptorProto. */
  readonly bytes: Uint8Array;
  readonly imports: readonly string[];
  /** Full names. */
  readonly services: readonly string[];
}

/**
 * The files of an encoded google.protobuf.FileDescriptorSet. Of several with one path the first counts.
 *
 * @param accept given every file before it is read; may throw
 * @throws WireError when the bytes are none
 */
export function listDescriptorFiles(
  descriptorSet: Uint8Array,
  accept: (file: Uint8Array) => void = () => {},
): Map<string, DescriptorFile> {
  const files = new Map<string, DescriptorFile>();
  for (const bytes of readMessage(descriptorSet).allBytes(1)) {
    accept(bytes);
    const file = readDescriptorFile(bytes);
    if (!files.has(file.path)) files.set(file.path, file);
  }
  return files;
}

/** @throws WireError when the bytes are no google.protobuf.FileDescriptorProto */
export function readDescriptorFile(bytes: Uint8Array): DescriptorFile {
  const descriptor = readMessage(bytes);
  const scope = descriptor.text(2) ?? "";
  const nameOf = (service: WireMessage) => `${scope}${scope === "" ? "" : "."}${service.text(1) ?? ""}`;
  return {
    path: descriptor.text(1) ?? "",
    bytes,
    imports: descriptor.texts(3),
    services: descriptor.messages(6).map(nameOf),
  };
}
