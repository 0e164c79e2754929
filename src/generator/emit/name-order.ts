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
  for (let i = 0; i < name.length; ) {
    const digits = digitsAt(name, i);
    if (digits === "") key += String.fromCharCode(rankOf(name.charCodeAt(i++)));
    else {
      i += digits.length;
      const significant = digits.replace(/^0+(?=.)/, "");
      // Longer numbers are larger; of equal ones the text decides, up to its end.
      key += `${zero}${String.fromCharCode(significant.length)}${significant}${digits}\0`;
    }
  }
  return key;
}

function digitsAt(name: string, at: number): string {
  let end = at;
  while (name.charCodeAt(end) >= 48 && name.charCodeAt(end) <= 57) end++;
  return name.slice(at, end);
}

/** Upper and lower case side by side, `_` in front of digits. */
function rankOf(code: number): number {
  if (code === 95) return 70;
  const isUpper = code >= 65 && code <= 90;
  return isUpper ? (code + 32) * 2 : Math.min(code * 2 + 1, 0xffff);
}

/** Where digits stand among other characters. */
const zero = String.fromCharCode(96);
