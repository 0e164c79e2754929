import { createScope } from "../emit/scope.ts";
import {
  type CodeRename,
  codeRenames,
  type GoneType,
  guessRenames,
  type HandlerShape,
  handlerShapes,
  type Rename,
  type RenameGuess,
  type TypeRef,
  withNested,
} from "../merge/index.ts";
import type { Schema } from "../schema/index.ts";

/** What a schema's change means for code that was written against what was generated from it. */
export interface SchemaChange {
  readonly shapes: readonly HandlerShape[];
  /** Of the schema before; undefined when it is not known. */
  readonly oldShapes: readonly HandlerShape[] | undefined;
  readonly renames: readonly CodeRename[];
  /** Services that generated code no longer has. */
  readonly goneServices: readonly HandlerShape[];
  readonly goneTypes: readonly GoneType[];
  /** What to do about an rpc or service that is gone, by full name. */
  readonly advice: ReadonlyMap<string, string>;
  /** What may only have another name now, and nobody has said so. */
  readonly guesses: readonly RenameGuess[];
}

/**
 * @param old the schema before; undefined when it is not known
 * @param renames what the user says has another name now
 */
export function schemaChange(old: Schema | undefined, now: Schema, renames: readonly Rename[]): SchemaChange {
  const shapes = handlerShapes(now);
  const all = withNested(renames, old, now);
  const code = codeRenames(all, old, now);
  if (old === undefined || old === now) {
    const oldShapes = old === undefined ? undefined : shapes;
    return {
      shapes,
      oldShapes,
      renames: code,
      goneServices: [],
      goneTypes: [],
      advice: new Map(),
      guesses: [],
    };
  }
  const renamed = new Set(all.map(({ from }) => from));
  const guesses = guessRenames(old, now).filter(({ from }) => !renamed.has(from));
  const advice = new Map(guesses.map((guess) => [guess.from, adviceOf(guess)]));
  const oldShapes = handlerShapes(old);
  // A service that moved to another file is still there, and so is the code of one whose package has another name.
  const there = new Set(shapes.flatMap((shape) => [shape.fullName, keyOf(shape)]));
  const goneServices = oldShapes.filter(
    (shape) => !there.has(keyOf(shape)) && !there.has(shape.fullName) && !renamed.has(shape.fullName),
  );
  return {
    shapes,
    oldShapes,
    renames: code,
    goneServices,
    goneTypes: goneTypes(old, now, renamed, advice),
    advice,
    guesses,
  };
}

/**
 * The service as it was: the one that generated code called the same. Its members have the names, and the types, that they
 * have now; the rpcs themselves are as they were.
 */
export function shapeBefore(
  { oldShapes, renames }: SchemaChange,
  shape: HandlerShape,
): HandlerShape | undefined {
  const before = oldShapes?.find((old) => {
    const now = renamed(renames, { module: old.module, name: old.handler });
    return now.module === shape.module && now.name === shape.handler;
  });
  if (before === undefined) return undefined;
  const properties = new Map(
    renames.flatMap((one) =>
      one.kind === "member" && one.module === shape.module && one.handler === shape.handler
        ? [[one.from, one.to] as const]
        : [],
    ),
  );
  const members = before.members.map(({ method, property, input, output }) => ({
    method,
    property: properties.get(property) ?? property,
    input: renamed(renames, input),
    output: renamed(renames, output),
  }));
  return { ...before, members };
}

function renamed(renames: readonly CodeRename[], { module, name }: TypeRef): TypeRef {
  const to = renames.find((one) => one.kind === "export" && one.fromModule === module && one.from === name);
  return to?.kind === "export" ? { module: to.toModule, name: to.to } : { module, name };
}

function keyOf({ module, handler }: HandlerShape): string {
  return `${module} ${handler}`;
}

/** `if it is called Greet now, run micro-gen --rename shop.Desk.Hello=Greet` */
export function adviceOf({ from, to }: RenameGuess): string {
  const short = (name: string) => (scopeOf(name) === scopeOf(from) ? lastOf(name) : name);
  const [first = "", ...others] = to.map(short);
  const names = [first, ...others].join(" or ");
  const more = others.length === 0 ? "" : `, or =${others.join(", =")}`;
  return `if it is called ${names} now, run micro-gen --rename ${from}=${first}${more}`;
}

function goneTypes(
  old: Schema,
  now: Schema,
  renamed: ReadonlySet<string>,
  advice: ReadonlyMap<string, string>,
): GoneType[] {
  const before = createScope(old);
  const after = createScope(now);
  const present = new Set(
    [...now.messages.keys(), ...now.enums.keys()].map((name) => {
      const type = after.named(name);
      return `${type.typesModule} ${type.name}`;
    }),
  );
  return [...old.messages.keys(), ...old.enums.keys()].flatMap((fullName) => {
    const { typesModule: module, name } = before.named(fullName);
    if (!module.startsWith("/") || renamed.has(fullName) || present.has(`${module} ${name}`)) return [];
    const kind = old.messages.has(fullName) ? "message" : "enum";
    const isThere = now.messages.has(fullName) || now.enums.has(fullName);
    const message = isThere
      ? `${fullName} is in ${after.named(fullName).typesModule.slice(1)}.ts now; import it from there`
      : `${kind} ${fullName} is no longer in the schema; ${advice.get(fullName) ?? "remove what uses it"}`;
    return [{ module, name, message }];
  });
}

function scopeOf(name: string): string {
  return name.slice(0, Math.max(0, name.lastIndexOf(".")));
}

function lastOf(name: string): string {
  return name.slice(name.lastIndexOf(".") + 1);
}
