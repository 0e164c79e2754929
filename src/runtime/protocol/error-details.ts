import type { ErrorDetail, MicroError, MicroErrorJson } from "../errors/index.ts";
import type { HeaderBlock } from "../http2/index.ts";

/**
 * `google.rpc.Status`, which gRPC carries in `grpc-status-details-bin`, and the detail in which Micro's own error
 * travels: go-micro v2.9's `errors.Error { string id = 1; int32 code = 2; string detail = 3; string status = 4; }`.
 * Written by hand: small fixed messages do not need generated code.
 */
export interface RpcStatus {
  readonly code: number;
  readonly message: string;
  readonly details: readonly ErrorDetail[];
}

/** -> unpadded base64, as gRPC wants binary headers. */
export function encodeRpcStatus({ code, message, details }: RpcStatus): string {
  const anys = details.map(({ type, value }) =>
    bytesField(3, Buffer.concat([textField(1, TYPE_URL + type), bytesField(2, value)])),
  );
  const status = Buffer.concat([numberField(1, code), textField(2, message), ...anys]);
  return status.toString("base64").replace(/=+$/, "");
}

/** Undefined when it is malformed. */
export function decodeRpcStatus(base64: string): RpcStatus | undefined {
  return unlessMalformed(() => {
    const bytes = Buffer.from(base64, "base64");
    const details = fieldsOf(bytes, 3).flatMap((any): ErrorDetail[] => {
      if (!Buffer.isBuffer(any)) return [];
      const type = String(fieldsOf(any, 1)[0] ?? "");
      const value = fieldsOf(any, 2)[0] ?? EMPTY;
      return Buffer.isBuffer(value) ? [{ type: type.slice(type.lastIndexOf("/") + 1), value }] : [];
    });
    return {
      code: Number(fieldsOf(bytes, 1)[0] ?? 0),
      message: String(fieldsOf(bytes, 2)[0] ?? ""),
      details,
    };
  });
}

/** Micro's error as a detail of another protocol's. */
export function microDetail(error: MicroErrorJson): ErrorDetail {
  const value = Buffer.concat([
    textField(1, error.id),
    numberField(2, error.code),
    textField(3, error.detail),
    textField(4, error.status),
  ]);
  return { type: MICRO_TYPE, value };
}

/** Takes Micro's error out of the details it came with; `micro` is undefined when there was none, or a broken one. */
export function splitMicroDetail(details: readonly ErrorDetail[]): {
  readonly micro: MicroErrorJson | undefined;
  readonly details: readonly ErrorDetail[];
} {
  const found = details.find(({ type }) => type === MICRO_TYPE);
  if (found === undefined) return { micro: undefined, details };
  const value = Buffer.from(found.value);
  const micro = unlessMalformed(() => ({
    id: String(fieldsOf(value, 1)[0] ?? ""),
    code: Number(fieldsOf(value, 2)[0] ?? 0),
    detail: String(fieldsOf(value, 3)[0] ?? ""),
    status: String(fieldsOf(value, 4)[0] ?? ""),
  }));
  return {
    micro: micro !== undefined && micro.code > 0 ? micro : undefined,
    details: details.filter((one) => one !== found),
  };
}

/** What our clients call themselves. */
export const USER_AGENT = "micro-service";

/**
 * True for callers that read Micro's error: go-micro's, known by a header that all of them send, and ours. Others get the
 * error's own details and nothing they did not ask for.
 */
export function readsMicroDetail(headers: HeaderBlock): boolean {
  return headers["user-agent"] === USER_AGENT || headers["x-content-type"] !== undefined;
}

/** Bytes of detail text that go into headers; a header block may hold 16 KiB and the text travels up to three times. */
const MAX_DETAIL = 1024;
/** Bytes of details that go into headers. */
const MAX_DETAILS_BYTES = 4096;

/** Micro's error with a text that fits into headers. */
export function shortened(error: MicroError): MicroErrorJson {
  const json = error.toJSON();
  if (json.detail.length > MAX_DETAIL) json.detail = `${json.detail.slice(0, MAX_DETAIL)}...`;
  return json;
}

/** The details that fit into headers, which is all or none: half of them could mislead. */
export function fittingDetails({ details }: MicroError): readonly ErrorDetail[] {
  const bytes = details.reduce((sum, { type, value }) => sum + type.length + value.length + 40, 0);
  return bytes <= MAX_DETAILS_BYTES ? details : [];
}

const MICRO_TYPE = "errors.Error";
const TYPE_URL = "type.googleapis.com/";
const EMPTY = Buffer.alloc(0);

function unlessMalformed<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    // Status and message still tell what happened.
    return undefined;
  }
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes.push((rest & 0x7f) | 0x80);
  bytes.push(rest);
  return Buffer.from(bytes);
}

function bytesField(number: number, bytes: Uint8Array): Buffer {
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
