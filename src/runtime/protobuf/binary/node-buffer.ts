interface RawBuffer {
  utf8Write(this: Uint8Array, text: string, offset: number, length: number): number;
  latin1Write(this: Uint8Array, text: string, offset: number, length: number): number;
  utf8Slice(this: Uint8Array, start: number, end: number): string;
  latin1Slice(this: Uint8Array, start: number, end: number): string;
  base64Slice(this: Uint8Array, start: number, end: number): string;
}

/**
 * Buffer's typed readers and writers, which work on any Uint8Array and skip the argument parsing of `toString` and
 * `write`; several times as fast for short texts. Part of Node since version 0.x, though not of its manual.
 */
export const raw: RawBuffer = Buffer.prototype as unknown as RawBuffer;
