import type { MicroErrorJson } from "../../errors/index.ts";

/**
 * The value of `grpc-status-details-bin` that go-micro v2.9 sends and reads: `google.rpc.Status` with one detail, the
 * message `errors.Error { string id = 1; int32 code = 2; string detail = 3; string status = 4; }`. Written by hand: two
 * small fixed messages do not need generated code, and generated code may not be imported here.
 */
export function encodeErrorDetails(grpcCode: number, message: string, error: MicroErrorJson): string {
  const detail = Buffer.concat([
    textField(1, error.id),
    numberField(2, error.code),
    textField(3, error.detail),
    textField(4, error.status),
  ]);
  const any = Buffer.concat([textField(1, TYPE_URL), bytesField(2, detail)]);
  const status = Buffer.concat([numberField(1, grpcCode), textField(2, message), bytesField(3, any)]);
  return status.toString("base64").replace(/=+$/, "");
}

/** The errors.Error of a `grpc-status-details-bin` value; undefined when it holds none or is malformed. */
export function decodeErrorDetails(base64: string): MicroErrorJson | undefined {
  try {
    for (const any of fieldsOf(Buffer.from(base64, "base64"), 3)) {
      const url = fieldsOf(any as Buffer, 1)[0];
      const value = fieldsOf(any as Buffer, 2)[0];
      if (!String(url).endsWith("/errors.Error") || !Buffer.isBuffer(value)) continue;
      return {
        id: String(fieldsOf(value, 1)[0] ?? ""),
        code: Number(fieldsOf(value, 2)[0] ?? 0),
        detail: String(fieldsOf(value, 3)[0] ?? ""),
        status: String(fieldsOf(value, 4)[0] ?? ""),
      };
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    // Malformed: status and message still tell what happened.
  }
  return undefined;
}

const TYPE_URL = "type.googleapis.com/errors.Error";

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes.push((rest & 0x7f) | 0x80);
  bytes.push(rest);
  return Buffer.from(bytes);
}

function bytesField(number: number, bytes: Buffer): Buffer {
  return Buffer.concat([varint(number * 8 + 2), varint(bytes.length), bytes]);
}

function textField(number: number, text: string): Buffer {
  return text === "" ? Buffer.alloc(0) : bytesField(number, Buffer.from(text));
}

function numberField(number: number, value: number): Buffer {
  return value <= 0 ? Buffer.alloc(0) : Buffer.concat([varint(number * 8), varint(value)]);
}

/** All values of one field: numbers for varints, bytes for the rest. Throws RangeError for malformed input. */
function fieldsOf(bytes: Buffer, wanted: number): (number | Buffer)[] {
  const found: (number | Buffer)[] = [];
  let at = 0;
  const readVarint = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes.readUInt8(at++);
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      if (scale > 2 ** 63) throw new RangeError("varint too long");
    }
  };
  while (at < bytes.length) {
    const tag = readVarint();
    const wire = tag % 8;
    const number = Math.floor(tag / 8);
    if (wire === 0) {
      const value = readVarint();
      if (number === wanted) found.push(value);
      continue;
    }
    const length = wire === 2 ? readVarint() : wire === 1 ? 8 : wire === 5 ? 4 : Number.POSITIVE_INFINITY;
    if (at + length > bytes.length) throw new RangeError("field beyond the end");
    if (number === wanted) found.push(bytes.subarray(at, at + length));
    at += length;
  }
  return found;
}
