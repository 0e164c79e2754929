/** Words that cannot name a type or a binding of a module; `import()` would take one that exports a function `then` for a promise. */
const RESERVED = new Set(
  (
    "any arguments as await bigint boolean break case catch class const continue debugger default delete do else enum " +
    "eval export extends false finally for function if implements import in infer instanceof interface keyof let never new " +
    "null number object package private protected public readonly return static string super switch symbol then this throw true " +
    "try typeof undefined unique unknown var void while with yield globalThis"
  ).split(" "),
);

/** What every object inherits: a field or method of such a name would be found on messages that do not have it. */
const INHERITED = new Set([
  "__defineGetter__",
  "__defineSetter__",
  "__lookupGetter__",
  "__lookupSetter__",
  "__proto__",
  "constructor",
  "hasOwnProperty",
  "isPrototypeOf",
  "propertyIsEnumerable",
  "toLocaleString",
  "toString",
  "valueOf",
]);

export function isInherited(name: string): boolean {
  return INHERITED.has(name);
}

/** A name for a type or constant: `class` -> `class$`. */
export function safeIdentifier(name: string): string {
  return RESERVED.has(name) ? `${name}$` : name;
}

/**
 * A name for a property: `constructor` -> `constructor$`. Keywords are fine there, `then` is not: who awaits an object looks for it, and
 * linters ask whether it is meant.
 */
export function safeProperty(name: string): string {
  return INHERITED.has(name) || name === "then" ? `${name}$` : /^\d/.test(name) ? `_${name}` : name;
}

/** protoc's rule for JSON names: `foo_bar` -> `fooBar`, `_x` -> `X`. */
export function camelCase(name: string): string {
  let at = name.indexOf("_");
  if (at === -1) return name;
  let result = "";
  let from = 0;
  // Not `replace` with a function, which is called from C++: this is asked of every field several times.
  while (at !== -1) {
    result += name.slice(from, at);
    do at++;
    while (name.charCodeAt(at) === underscore);
    result += name.charAt(at).toUpperCase();
    from = at + 1;
    at = name.indexOf("_", from);
  }
  return result + name.slice(from);
}

const underscore = 95;

/** `foo_bar` -> `fooBar`; a name of underscores only stays as it is. */
export function fieldName(name: string): string {
  return safeProperty(camelCase(name) || name);
}

/** `Hello` -> `hello`, `HTTPGet` -> `httpGet`. */
export function methodName(name: string): string {
  const lower = name.replace(/^(?:[A-Z]+(?=[A-Z][a-z])|[A-Z]+(?![a-z])|[A-Z])/, (start) =>
    start.toLowerCase(),
  );
  return safeProperty(lower);
}

export function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}

export function upperFirst(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** Askers of one name that get a `$` each; those after them are counted. */
const mostDollars = 3;

/**
 * Gives each name once: the second asker gets a `$` behind it, the third two, the fifth `$5`.
 *
 * @param taken names that nobody gets
 * @param reserved as `taken`; a set that many namers share
 */
export function createNamer(
  taken: Iterable<string> = [],
  reserved: ReadonlySet<string> = nothing,
): (name: string) => string {
  const used = new Set(taken);
  const askers = new Map<string, number>();
  return (name) => {
    let free = name;
    // Thousands may ask for one name, and each of them should not try all that is taken.
    while (used.has(free) || reserved.has(free)) {
      const asker = askers.get(name) ?? 1;
      askers.set(name, asker + 1);
      free = asker <= mostDollars ? name + "$".repeat(asker) : `${name}$${asker + 1}`;
    }
    used.add(free);
    return free;
  };
}

const nothing: ReadonlySet<string> = new Set();

/** `name` where it may stand unquoted, else a string literal. */
export function propertyKey(name: string): string {
  return isIdentifier(name) ? name : JSON.stringify(name);
}

/** `.name` or `["na me"]`. */
export function memberAccess(name: string): string {
  return isIdentifier(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
}

function isIdentifier(name: string): boolean {
  // Names are ASCII nearly always, and V8 takes a while to prepare what Unicode knows of letters.
  return /^[A-Za-z_$][\w$]*$/.test(name) || /^[\p{ID_Start}_$][\p{ID_Continue}$]*$/u.test(name);
}

/** Enum value names without the enum's own prefix, `KIND_A` -> `A`, when all share it and names remain. */
export function enumValueNames(enumName: string, values: readonly string[]): string[] {
  const prefix = `${enumName.replace(/([a-z\d])([A-Z])|([A-Z])(?=[A-Z][a-z])/g, "$1$3_$2").toUpperCase()}_`;
  const strip = values.every(
    (value) => /^[A-Za-z]/.test(value.slice(prefix.length)) && value.startsWith(prefix),
  );
  const namer = createNamer();
  return values.map((value) => namer(safeProperty(strip ? value.slice(prefix.length) : value)));
}
