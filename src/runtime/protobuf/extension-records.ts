import { readTag, readUint32 } from "./binary/read-varint.ts";
import { cursor } from "./binary/state.ts";
import { keepUnknown, skipField } from "./binary/unknown.ts";
import { writeVarint } from "./binary/write-varint.ts";

// A message set, protobuf's oldest form of extension:
// { repeated group Item = 1 { required uint32 type_id = 2; required bytes message = 3; } }
const ITEM = 11;
const ITEM_END = 12;
const TYPE_ID = 16;
const MESSAGE = 26;

/** Which of a message's unknown records are an extension's: by field number, or by type id in a message set. */
export interface RecordsOf {
  readonly number: number;
  readonly messageSet?: boolean;
}

/** The records of one field, those of a message set as fields. Undefined for none. Throws DecodeError for garbage. */
export function pickRecords(bytes: Uint8Array | undefined, of: RecordsOf): Uint8Array | undefined {
  let picked: Uint8Array | undefined;
  eachRecord(bytes, of.messageSet, (number, b, start, end) => {
    if (number !== of.number) return;
    if (of.messageSet !== true) picked = keepUnknown(picked, b, start, end);
    else {
      const field = itemToField(number, b, start, end);
      picked = keepUnknown(picked, field, 0, field.length);
    }
  });
  return picked;
}

/** All records but those of one field. Undefined for none. */
export function dropRecords(bytes: Uint8Array | undefined, of: RecordsOf): Uint8Array | undefined {
  let kept: Uint8Array | undefined;
  eachRecord(bytes, of.messageSet, (number, b, start, end) => {
    if (number !== of.number) kept = keepUnknown(kept, b, start, end);
  });
  return kept;
}

/** `bytes` with `records` of an extension, which are fields, behind them. */
export function appendRecords(
  bytes: Uint8Array | undefined,
  records: Uint8Array,
  { messageSet }: RecordsOf,
): Uint8Array | undefined {
  // A copy that is certainly no view, not even of a Buffer.
  let all: Uint8Array | undefined = bytes && new Uint8Array(bytes);
  eachRecord(records, false, (number, b, start, end) => {
    if (messageSet !== true) all = keepUnknown(all, b, start, end);
    else {
      const item = fieldToItem(number, b, start, end);
      all = keepUnknown(all, item, 0, item.length);
    }
  });
  return all;
}

/** The distinct field numbers, or type ids, in unknown records, in the order of their first record. */
export function recordNumbers(bytes: Uint8Array, messageSet: boolean | undefined): ReadonlySet<number> {
  const numbers = new Set<number>();
  eachRecord(bytes, messageSet, (number) => numbers.add(number));
  return numbers;
}

/** Visits all records; in a message set what is no item has number 0. */
function eachRecord(
  bytes: Uint8Array | undefined,
  messageSet: boolean | undefined,
  visit: (number: number, b: Uint8Array, start: number, end: number) => void,
): void {
  if (bytes === undefined) return;
  for (let p = 0; p < bytes.length; ) {
    const start = p;
    const tag = readTag(bytes, start);
    const content = cursor.p;
    p = skipField(tag, bytes, content, bytes.length, 0);
    if (messageSet !== true) visit(tag >>> 3, bytes, start, p);
    else visit(tag === ITEM ? readItem(bytes, content, p).typeId : 0, bytes, start, p);
  }
}

/** What an item holds; `start..end` is its message. */
function readItem(b: Uint8Array, p: number, e: number): { typeId: number; start: number; end: number } {
  const item = { typeId: 0, start: 0, end: 0 };
  while (p < e) {
    const tag = readTag(b, p);
    const content = cursor.p;
    if (tag === ITEM_END) break;
    p = skipField(tag, b, content, e, 0);
    if (tag === TYPE_ID) item.typeId = readUint32(b, content);
    else if (tag === MESSAGE) {
      readTag(b, content);
      item.start = cursor.p;
      item.end = p;
    }
  }
  return item;
}

function itemToField(number: number, b: Uint8Array, start: number, end: number): Uint8Array {
  readTag(b, start);
  const item = readItem(b, cursor.p, end);
  const field = new Uint8Array(10 + item.end - item.start);
  let p = writeVarint((number << 3) | 2, field, 0);
  p = writeVarint(item.end - item.start, field, p);
  field.set(b.subarray(item.start, item.end), p);
  return field.subarray(0, p + item.end - item.start);
}

function fieldToItem(number: number, b: Uint8Array, start: number, end: number): Uint8Array {
  readTag(b, start);
  const content = cursor.p;
  const item = new Uint8Array(13 + end - content);
  item[0] = ITEM;
  item[1] = TYPE_ID;
  let p = writeVarint(number, item, 2);
  item[p++] = MESSAGE;
  item.set(b.subarray(content, end), p);
  p += end - content;
  item[p++] = ITEM_END;
  return item.subarray(0, p);
}
