import type { Schema } from "../schema/schema.ts";
import { suggest } from "../schema/suggest.ts";

/** What may be called by another name than before. */
export type RenamedKind = "message" | "enum" | "service" | "rpc";

/** Something of a schema that goes on under another name. Full names: `shop.Desk.Hello`. */
export interface Rename {
  readonly kind: RenamedKind;
  readonly from: string;
  readonly to: string;
}

/** A rename as the user typed it cannot be one; the message says why. */
export class RenameError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "RenameError";
  }
}

/**
 * Reads `Old=New`. Either side is a full name or its last parts; what the old name lacks is taken from the new one:
 * `Ask=Question`, `Desk.Hello=Greet`, `shop.Ask=shop.Question`.
 *
 * @param old the schema as micro-gen last saw it, when it is known
 * @throws RenameError for what is no rename of this schema
 */
export function parseRename(text: string, schema: Schema, old: Schema | undefined): Rename {
  const [left = "", right = "", ...rest] = text.split("=").map((side) => side.trim());
  if (left === "" || right === "" || rest.length > 0)
    throw new RenameError(`"${text}" is no rename; write --rename Old=New.`);
  const now = namedIn(schema);
  const before = old === undefined ? undefined : namedIn(old);
  const [lastOfLeft = "", ...outerLeft] = left.split(".").reverse();

  // `Desk.Hello=Greet`: the new name may stand alone where the old one says whose it is.
  const outer = outerLeft.reverse().join(".");
  const inPlace = right.includes(".") || outer === "" ? [] : endingIn(now, `${outer}.${right}`);
  const goneBefore = [...(before ?? [])].filter(([name]) => !now.has(name) && endsIn(name, left));
  const kinds = new Set(goneBefore.map(([, kind]) => kind));
  let found = inPlace.length > 0 ? inPlace : endingIn(now, right);
  if (kinds.size > 0) found = found.filter(([, kind]) => kinds.has(kind));
  if (found.length === 0) {
    const near = suggest(
      right.split(".").at(-1) as string,
      [...now.keys()].map((name) => name.split(".").at(-1) as string),
    );
    throw new RenameError(
      `--rename ${text}: there is no ${right} in the schema${near === undefined ? "" : `; did you mean ${near}?`}`,
    );
  }
  if (found.length > 1) {
    const names = found.map(([name]) => name).join(" or ");
    throw new RenameError(`--rename ${text}: ${right} may be ${names}; write the full name.`);
  }
  const [to, kind] = found[0] as readonly [string, RenamedKind];
  const same = goneBefore.filter((one) => one[1] === kind);
  const scope = to.split(".").slice(0, -1).join(".");
  const from =
    same.length === 1 ? (same[0] as readonly [string, RenamedKind])[0] : fill(left, lastOfLeft, scope);
  if (now.has(from)) throw new RenameError(`--rename ${text}: ${from} is still in the schema.`);
  return { kind, from, to };
}

/** Everything of the user's schemas that has a name, with its kind, by full name. */
export function namedIn({ files, messages, enums }: Schema): Map<string, RenamedKind> {
  const own = files.filter(({ origin }) => origin !== "bundled");
  const paths = new Set(own.map(({ path }) => path));
  const found = new Map<string, RenamedKind>();
  for (const [name, { file }] of messages) if (paths.has(file)) found.set(name, "message");
  for (const [name, { file }] of enums) if (paths.has(file)) found.set(name, "enum");
  for (const service of own.flatMap(({ services }) => services)) {
    found.set(service.fullName, "service");
    for (const { fullName } of service.methods) found.set(fullName, "rpc");
  }
  return found;
}

/** `Ask` in the scope of `shop.Question` -> `shop.Ask`; what has a scope of its own ends in it. */
function fill(left: string, last: string, scope: string): string {
  const full = scope === "" ? last : `${scope}.${last}`;
  return endsIn(full, left) || !left.includes(".") ? full : left;
}

function endingIn(names: ReadonlyMap<string, RenamedKind>, end: string) {
  const exact = names.get(end);
  if (exact !== undefined) return [[end, exact] as const];
  return [...names].filter(([name]) => endsIn(name, end));
}

function endsIn(name: string, end: string): boolean {
  return name === end || name.endsWith(`.${end}`);
}
