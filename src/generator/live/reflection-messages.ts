import { readMessage, WireError } from "../schema/index.ts";
import { encodeBytes } from "./encode-files.ts";

/** What is asked of `grpc.reflection`, by the number of the field that asks. */
export type Question =
  | { readonly ask: "file"; readonly path: string }
  | { readonly ask: "symbol"; readonly name: string }
  | { readonly ask: "services" };

/** What was answered. */
export type Answer =
  /** Encoded google.protobuf.FileDescriptorProto. */
  | { readonly kind: "files"; readonly files: readonly Uint8Array[] }
  | { readonly kind: "services"; readonly names: readonly string[] }
  /** `code` is gRPC's. */
  | { readonly kind: "error"; readonly code: number; readonly message: string };

const fieldOf = { file: 3, symbol: 4, services: 7 } as const;

/** A ServerReflectionRequest; v1 and v1alpha are the same. */
export function encodeQuestion(question: Question): Uint8Array {
  const text = question.ask === "file" ? question.path : question.ask === "symbol" ? question.name : "*";
  return encodeBytes(fieldOf[question.ask], Buffer.from(text, "utf8"));
}

/** Of a ServerReflectionResponse. Undefined for an answer that is none of these, or no message at all. */
export function decodeAnswer(bytes: Uint8Array): Answer | undefined {
  try {
    const response = readMessage(bytes);
    const files = response.message(4);
    if (files !== undefined) return { kind: "files", files: files.allBytes(1) };
    const list = response.message(6);
    if (list !== undefined)
      return { kind: "services", names: list.messages(1).map((service) => service.text(1) ?? "") };
    const error = response.message(7);
    if (error === undefined) return undefined;
    return { kind: "error", code: error.integer(1) ?? 0, message: error.text(2) ?? "" };
  } catch (error) {
    if (error instanceof WireError) return undefined;
    throw error;
  }
}
