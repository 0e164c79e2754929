import { cursor } from "../binary/state.ts";
import { expected } from "./input.ts";
import { readNumberText } from "./read-number-text.ts";

/** Reads up to 15 digits in quotes, which a number holds exactly; -1 for anything else. */
function readQuotedDigits(b: Uint8Array, start: number): number {
  let p = start;
  let n = 0;
  for (let digit = (b[p] as number) - 48; digit >= 0 && digit < 10; digit = (b[++p] as number) - 48)
    n = n * 10 + digit;
  const length = p - start;
  if (b[p] !== 34 || length < 1 || length > 15 || (b[start] === 48 && length > 1)) return -1;
  cursor.p = p + 1;
  return n;
}

function readLong(b: Uint8Array, what: string): bigint {
  const start = cursor.p;
  if (b[start] === 34) {
    const n = b[start + 1] === 45 ? -readQuotedDigits(b, start + 2) : readQuotedDigits(b, start + 1);
    if (start !== cursor.p) return BigInt(n);
  }
  const text = readNumberText(b, "an integer");
  if (/^-?\d{1,20}$/.test(text)) return BigInt(text);
  const n = Number(text);
  // A million digits that cancel out would keep the processor busy.
  if (!Number.isInteger(n) || text.length > 80) expected(what, b, start);
  return exact(text) ?? expected(what, b, start);
}

/** The integer that `1.5e3` stands for; undefined when it is too large. */
function exact(text: string): bigint | undefined {
  const [mantissa = "", exponent = "0"] = text.toLowerCase().split("e");
  const [whole = "", part = ""] = mantissa.split(".");
  const power = Number(exponent) - part.length;
  if (power > 20) return undefined;
  const digits = BigInt(`${whole.replace("-", "")}${part}`);
  const size = power >= 0 ? digits * 10n ** BigInt(power) : digits / 10n ** BigInt(-power);
  return whole.startsWith("-") ? -size : size;
}

export function readJsonInt64(b: Uint8Array): bigint {
  const start = cursor.p;
  const n = readLong(b, "a 64-bit integer");
  return BigInt.asIntN(64, n) === n ? n : expected("a 64-bit integer", b, start);
}

export function readJsonUint64(b: Uint8Array): bigint {
  const start = cursor.p;
  const n = readLong(b, "an unsigned 64-bit integer");
  return BigInt.asUintN(64, n) === n ? n : expected("an unsigned 64-bit integer", b, start);
}
