/** protoc's ToJsonName: `foo_bar__baz_1` -> `fooBarBaz1`, `_leading` -> `Leading`. */
export function toJsonName(name: string): string {
  let result = "";
  let upper = false;
  for (const char of name) {
    if (char === "_") upper = true;
    else {
      result += upper && /[a-z]/.test(char) ? char.toUpperCase() : char;
      upper = false;
    }
  }
  return result;
}
