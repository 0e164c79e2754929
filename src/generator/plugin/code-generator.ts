import type { GeneratedFile } from "../emit/index.ts";
import { readMessage } from "../schema/read-wire.ts";

/** google.protobuf.compiler.CodeGeneratorRequest. */
export interface CodeGeneratorRequest {
  readonly filesToGenerate: readonly string[];
  /** As typed behind `--micro-ts_opt=`, several joined with commas. */
  readonly parameter: string;
  /** An encoded google.protobuf.FileDescriptorSet of all files and what they import. */
  readonly descriptorSet: Uint8Array;
}

/** google.protobuf.compiler.CodeGeneratorResponse: the files, or what is wrong with the schemas or parameters. */
export type CodeGeneratorResponse = { readonly files: readonly GeneratedFile[] } | { readonly error: string };

/** FEATURE_PROTO3_OPTIONAL and FEATURE_SUPPORTS_EDITIONS. */
const supportedFeatures = 1 | 2;
/** google.protobuf.Edition of what the parser knows. */
const editions = { proto2: 998, 2024: 1001 } as const;

/** @throws WireError when the bytes are no request */
export function readRequest(bytes: Uint8Array): CodeGeneratorRequest {
  const request = readMessage(bytes);
  return {
    filesToGenerate: request.texts(1),
    parameter: request.text(2) ?? "",
    descriptorSet: Buffer.concat(request.allBytes(15).flatMap((file) => delimited(1, file))),
  };
}

export function writeResponse(response: CodeGeneratorResponse): Uint8Array {
  return Buffer.concat([
    ...("error" in response ? delimited(1, Buffer.from(response.error)) : []),
    ...integer(2, supportedFeatures),
    ...integer(3, editions.proto2),
    ...integer(4, editions[2024]),
    ...("files" in response ? response.files.flatMap((file) => delimited(15, encodeFile(file))) : []),
  ]);
}

function encodeFile({ path, content }: GeneratedFile): Uint8Array {
  // A protobuf string by its type; neither protoc nor buf minds the bytes of schema.binpb.
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  return Buffer.concat([...delimited(1, Buffer.from(path)), ...delimited(15, bytes)]);
}

function delimited(field: number, bytes: Uint8Array): Uint8Array[] {
  return [varint(field * 8 + 2), varint(bytes.length), bytes];
}

function integer(field: number, value: number): Uint8Array[] {
  return [varint(field * 8), varint(value)];
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Uint8Array.of(...bytes, rest);
}
