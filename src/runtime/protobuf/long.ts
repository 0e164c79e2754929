import { DecodeError, JsonError } from "./errors.ts";

/** The bigint of a 64-bit integer that a message holds as text. The range of its type is for the writer to check. */
export function longFromText(text: string): bigint {
  if (typeof text !== "string") throw new TypeError(`expected a 64-bit integer as text, got ${typeof text}`);
  if (!/^-?\d{1,20}$/.test(text))
    throw new RangeError(`${JSON.stringify(text.slice(0, 40))} is no 64-bit integer`);
  return BigInt(text);
}

/** The bigint of a 64-bit integer that a message holds as number: an integer, at most 2^53 - 1 away from zero. */
export function longFromNumber(number: number): bigint {
  if (typeof number !== "number") throw new TypeError(`expected a number, got ${typeof number}`);
  if (!Number.isSafeInteger(number))
    throw new RangeError(`${number} is no integer that a number holds exactly`);
  return BigInt(number);
}

/** The number of a 64-bit integer that was read. */
export function longToNumberBinary(long: bigint): number {
  const number = Number(long);
  if (!Number.isSafeInteger(number)) throw new DecodeError(tooLarge(long));
  return number;
}

export function longToNumberJson(long: bigint): number {
  const number = Number(long);
  if (!Number.isSafeInteger(number)) throw new JsonError(tooLarge(long));
  return number;
}

function tooLarge(long: bigint): string {
  return `${long} is beyond 2^53 - 1, and its field is a number here`;
}
