import type { JsonWriteOptions } from "../message-type.ts";

/** How generated code writes JSON. */
export interface JsonStyle extends JsonWriteOptions {
  /** How many Anys we are inside of. */
  readonly anys: number;
  /**
   * The last character that is one byte: 127 for UTF-8, 255 for Latin-1. What becomes a string is one in a third of the
   * time from the latter.
   */
  readonly last: 127 | 255;
}

export const UTF8: JsonStyle = { anys: 0, last: 127 };
export const LATIN1: JsonStyle = { anys: 0, last: 255 };

export function toJsonStyle(options: JsonWriteOptions | undefined, style: JsonStyle): JsonStyle {
  return options ? { ...options, ...style } : style;
}
