import type { JsonWriteOptions } from "../message-type.ts";

/** How generated code writes JSON. */
export interface JsonStyle extends JsonWriteOptions {
  /** How many Anys we are inside of. */
  readonly anys: number;
  /** Latin-1 instead of UTF-8: what becomes a string is one in a third of the time then. */
  readonly latin: boolean;
}

const PLAIN: JsonStyle = { anys: 0, latin: false };
const LATIN: JsonStyle = { anys: 0, latin: true };

export function toJsonStyle(options: JsonWriteOptions | undefined, latin: boolean): JsonStyle {
  const style = latin ? LATIN : PLAIN;
  return options ? { ...options, ...style } : style;
}
