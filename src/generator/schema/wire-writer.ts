import type protobuf from "protobufjs";

/** Field numbers in front of values; protobufjs writes the bytes. */
export interface WireWriter {
  text(field: number, value: string): void;
  integer(field: number, value: number): void;
  flag(field: number, value: boolean): void;
  bytes(field: number, value: Uint8Array): void;
  message(field: number, write: (inner: WireWriter) => void): void;
}

/** Writes through a writer of protobufjs. */
export function createWireWriter(writer: protobuf.Writer): WireWriter {
  const message: WireWriter = {
    text: (field, value) => void writer.uint32((field << 3) | 2).string(value),
    integer: (field, value) => void writer.uint32(field << 3).int32(value),
    flag: (field, value) => void writer.uint32(field << 3).bool(value),
    bytes: (field, value) => void writer.uint32((field << 3) | 2).bytes(value),
    message(field, write) {
      writer.uint32((field << 3) | 2).fork();
      write(message);
      writer.ldelim();
    },
  };
  return message;
}
