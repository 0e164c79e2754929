/**
 * Biome's order of names: letter by letter without case, capitals first among equals, digits as numbers: `EnumTable`,
 * `endArray`, `Int8`, `Int16`. Independent of any locale.
 *
 * @returns what to compare by `<` instead of a name; each is worked out once, because modules import the same ones
 */
export function createNameOrder(): (name: string) => string {
  const known = new Map<string, string>();
  return (name) => {
    let key = known.get(name);
    if (key === undefined) {
      key = keyOf(name);
      known.set(name, key);
    }
    return key;
  };
}

function keyOf(name: string): string {
  let key = "";
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i);
    if (code < 48 || code > 57) {
      key += ranks[code] ?? String.fromCharCode(Math.min(code * 2, 0xffff));
      continue;
    }
    const [digits = ""] = /^\d+/.exec(name.slice(i)) ?? [];
    const significant = digits.replace(/^0+(?=.)/, "");
    // Longer numbers are larger; of equal ones the text decides, up to its end.
    key += `${ranks[48]}${String.fromCharCode(significant.length)}${significant}${digits}\0`;
    i += digits.length - 1;
  }
  return key;
}

/** What stands for the characters of ASCII: upper and lower case side by side, `_` in front of digits. */
const ranks = Array.from({ length: 128 }, (_, code) => {
  if (code === 95) return String.fromCharCode(70);
  return String.fromCharCode(code >= 65 && code <= 90 ? (code + 32) * 2 - 1 : code * 2);
});
