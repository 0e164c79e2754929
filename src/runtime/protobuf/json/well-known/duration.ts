import { JsonError } from "../../errors.ts";
import type { Duration } from "../../google/protobuf/duration.ts";
import type { JsonReadOptions, MessageInit } from "../../message-type.ts";
import { fail, shorten } from "../fail.ts";
import { readJsonString } from "../read-string.ts";
import { writeAscii } from "../write.ts";
import { fraction } from "./fraction.ts";
import { isTimeObject, readTimeObject } from "./time-object.ts";

const MOST_SECONDS = 315_576_000_000n; // 10,000 years
const DURATION = /^(-?)(\d{1,12})(?:\.(\d{1,9}))?s$/;

/** Seconds with 0, 3, 6 or 9 digits: `1.500s`. */
export function writeDurationJson(
  m: MessageInit<Duration>,
  b: Uint8Array,
  p: number,
  _style?: unknown,
): number {
  const seconds = m.seconds ?? 0n;
  const nanos = m.nanos ?? 0;
  if (seconds > MOST_SECONDS || seconds < -MOST_SECONDS)
    throw new JsonError("duration is longer than 10,000 years");
  if (!Number.isInteger(nanos) || nanos > 999_999_999 || nanos < -999_999_999)
    throw new JsonError(`${nanos} is no number of nanoseconds`);
  if ((seconds > 0n && nanos < 0) || (seconds < 0n && nanos > 0))
    throw new JsonError("seconds and nanos of a duration differ in sign");
  const minus = seconds < 0n || nanos < 0 ? "-" : "";
  const whole = seconds < 0n ? -seconds : seconds;
  return writeAscii(`"${minus}${whole}${fraction(Math.abs(nanos))}s"`, b, p);
}

export function readDurationJson(
  b: Uint8Array,
  options: JsonReadOptions | undefined,
  depth: number,
): Duration {
  if (options?.timesAsObjects === true && isTimeObject(b)) return readTimeObject(b, options, depth);
  const text = readJsonString(b);
  const parts = DURATION.exec(text);
  if (parts === null) fail(`expected a duration like "1.5s", got ${shorten(JSON.stringify(text))}`);
  const [, minus, whole = "0", digits = ""] = parts;
  const seconds = BigInt(whole);
  if (seconds > MOST_SECONDS) fail("duration is longer than 10,000 years");
  const nanos = Number(digits.padEnd(9, "0"));
  return minus === "-" ? { seconds: -seconds, nanos: nanos === 0 ? 0 : -nanos } : { seconds, nanos };
}
