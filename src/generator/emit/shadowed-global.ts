/** Names of the language's own globals. A linter asks whether whoever declares one of them means it. */
export const LANGUAGE_GLOBALS: ReadonlySet<string> = new Set(
  (
    "AggregateError Array ArrayBuffer Atomics BigInt BigInt64Array BigUint64Array Boolean DataView Date Error EvalError " +
    "FinalizationRegistry Float32Array Float64Array Function Infinity Int16Array Int32Array Int8Array Intl JSON Map Math NaN " +
    "Number Object Promise Proxy RangeError ReferenceError Reflect RegExp Set SharedArrayBuffer String Symbol SyntaxError " +
    "TypeError URIError Uint16Array Uint32Array Uint8Array Uint8ClampedArray WeakMap WeakRef WeakSet constructor " +
    "decodeURI decodeURIComponent encodeURI encodeURIComponent escape hasOwnProperty isFinite isNaN isPrototypeOf " +
    "parseFloat parseInt propertyIsEnumerable toLocaleString toString unescape valueOf"
  ).split(" "),
);

/** The line above a constant that tells linter and reader that its name is meant; none for other names. */
export function shadowNote(name: string): string[] {
  if (!LANGUAGE_GLOBALS.has(name)) return [];
  return ["// biome-ignore lint/suspicious/noShadowRestrictedNames: the name it has in the .proto"];
}
