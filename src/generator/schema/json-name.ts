/** protoc's ToJsonName: `foo_bar__baz_1` -> `fooBarBaz1`, `_leading` -> `Leading`. */
export function toJsonName(name: string): string {
  let at = name.indexOf("_");
  if (at === -1) return name;
  let result = "";
  let from = 0;
  // Not `replace` with a function, which is called from C++: this is asked of every field several times.
  while (at !== -1) {
    result += name.slice(from, at);
    do at++;
    while (name.charCodeAt(at) === underscore);
    const next = name.charCodeAt(at);
    const isLower = next >= 97 && next <= 122;
    if (isLower) result += String.fromCharCode(next - 32);
    from = isLower ? at + 1 : at;
    at = name.indexOf("_", from);
  }
  return result + name.slice(from);
}

const underscore = 95;
