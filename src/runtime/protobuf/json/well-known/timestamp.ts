import { JsonError } from "../../errors.ts";
import type { Timestamp } from "../../google/protobuf/timestamp.ts";
import type { JsonReadOptions, MessageInit } from "../../message-type.ts";
import { fail, shorten } from "../fail.ts";
import { readJsonString } from "../read-string.ts";
import { writeAscii } from "../write.ts";
import { fraction } from "./fraction.ts";
import { isTimeObject, readTimeObject } from "./time-object.ts";

const FIRST = -62135596800n; // 0001-01-01T00:00:00Z
const LAST = 253402300799n; // 9999-12-31T23:59:59Z
const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:Z|([+-])(\d\d):(\d\d))$/;

/** RFC 3339 in UTC with 0, 3, 6 or 9 digits: `1970-01-01T00:00:00.500Z`. */
export function writeTimestampJson(
  m: MessageInit<Timestamp>,
  b: Uint8Array,
  p: number,
  _style?: unknown,
): number {
  const seconds = m.seconds ?? 0n;
  const nanos = m.nanos ?? 0;
  if (seconds < FIRST || seconds > LAST) throw new JsonError("timestamp is outside the years 1 to 9999");
  if (!Number.isInteger(nanos) || nanos < 0 || nanos > 999_999_999)
    throw new JsonError(`${nanos} is no number of nanoseconds`);
  const whole = new Date(Number(seconds) * 1000).toISOString().slice(0, 19);
  return writeAscii(`"${whole}${fraction(nanos)}Z"`, b, p);
}

export function readTimestampJson(
  b: Uint8Array,
  options: JsonReadOptions | undefined,
  depth: number,
): Timestamp {
  if (options?.timesAsObjects === true && isTimeObject(b)) return inRange(readTimeObject(b, options, depth));
  const text = readJsonString(b);
  const parts = RFC3339.exec(text);
  if (parts === null) fail(`expected an RFC 3339 time, got ${shorten(JSON.stringify(text))}`);
  const [, year, month, day, hour, minute, second, digits = "", sign, offsetHour, offsetMinute] = parts;
  const utc = `${year}-${month}-${day}T${hour}:${minute}:${second}Z`;
  const millis = Date.parse(utc);
  // Date rolls 30 February over into March: what comes back must be what was given.
  if (Number.isNaN(millis) || new Date(millis).toISOString().slice(0, 19) !== utc.slice(0, 19))
    fail(`no such time: ${shorten(JSON.stringify(text))}`);
  if (Number(offsetHour ?? 0) > 23 || Number(offsetMinute ?? 0) > 59)
    fail(`no such offset: ${shorten(JSON.stringify(text))}`);
  const offset = (Number(offsetHour ?? 0) * 60 + Number(offsetMinute ?? 0)) * (sign === "-" ? -60 : 60);
  const seconds = BigInt(millis / 1000 - offset);
  return inRange({ seconds, nanos: Number(digits.padEnd(9, "0")) });
}

function inRange(time: Timestamp): Timestamp {
  if (time.seconds < FIRST || time.seconds > LAST) fail("timestamp is outside the years 1 to 9999");
  return time;
}
