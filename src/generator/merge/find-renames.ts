import type { Enum, Message, Method, Schema, ServiceDef } from "../schema/schema.ts";
import { namedIn, type Rename, type RenamedKind } from "./rename.ts";

/** Something that is gone, and what it may be called now, likeliest first. A guess: the user decides. */
export interface RenameGuess {
  readonly kind: RenamedKind;
  readonly from: string;
  readonly to: readonly string[];
}

/**
 * What went away while something like it appeared: rpcs of the same kind with the same messages, services with the same
 * rpcs, messages and enums with mostly the same members. Types inside of a message go with it.
 */
export function guessRenames(old: Schema, now: Schema): RenameGuess[] {
  const before = namedIn(old);
  const after = namedIn(now);
  const gone = [...before].filter(([name, kind]) => after.get(name) !== kind);
  const added = [...after].filter(([name, kind]) => before.get(name) !== kind);
  const swapped = swappedTypes(old, now);
  const services = { old: servicesOf(old), now: servicesOf(now) };
  const methods = { old: methodsOf(old), now: methodsOf(now) };

  const likeness = (kind: RenamedKind, from: string, to: string): number => {
    switch (kind) {
      case "message":
        return (
          messageLikeness(old.messages.get(from) as Message, now.messages.get(to) as Message) +
          (swapped.has(`${from}=${to}`) ? 1 : 0) +
          sameLastName(from, to)
        );
      case "enum":
        return (
          share(enumKeys(old.enums.get(from) as Enum), enumKeys(now.enums.get(to) as Enum)) +
          sameLastName(from, to)
        );
      case "service":
        return (
          share(rpcKeys(services.old.get(from) as ServiceDef), rpcKeys(services.now.get(to) as ServiceDef)) +
          sameLastName(from, to)
        );
      case "rpc":
        return 0;
    }
  };
  const found: RenameGuess[] = [];
  for (const [from, kind] of gone) {
    if (kind === "rpc" || isNestedIn(from, gone)) continue;
    const to = added
      .filter(([, other]) => other === kind)
      .map(([name]) => ({ name, likeness: likeness(kind, from, name) }))
      .filter((one) => one.likeness >= 0.5)
      .sort((a, b) => b.likeness - a.likeness)
      .map(({ name }) => name);
    if (to.length > 0) found.push({ kind, from, to });
  }

  const becomes = (name: string): string[] => found.find(({ from }) => from === name)?.to.slice() ?? [];
  const isSame = (from: string, to: string): boolean => from === to || becomes(from).includes(to);
  for (const [from, kind] of gone) {
    if (kind !== "rpc") continue;
    const method = methods.old.get(from) as Owned;
    const owner = after.get(method.service) === "service" ? [method.service] : becomes(method.service);
    const to = added
      .filter(([name]) => {
        const other = methods.now.get(name);
        return (
          other !== undefined &&
          owner.includes(other.service) &&
          other.method.kind === method.method.kind &&
          other.method.name !== method.method.name &&
          !methods.old.has(`${method.service}.${other.method.name}`) &&
          isSame(method.method.input, other.method.input) &&
          isSame(method.method.output, other.method.output)
        );
      })
      .map(([name]) => name);
    // Of a service that has another name the rpcs of the same name are the same.
    const kept = owner.some((name) => methods.now.has(`${name}.${method.method.name}`));
    if (to.length > 0 && !kept) found.push({ kind: "rpc", from, to });
  }
  return found;
}

/** What follows from renames: types inside of a renamed message. */
export function withNested(renames: readonly Rename[], old: Schema | undefined, now: Schema): Rename[] {
  if (old === undefined) return [...renames];
  const after = namedIn(now);
  const nested = renames
    .filter(({ kind }) => kind === "message")
    .flatMap(({ from, to }) =>
      [...namedIn(old)].flatMap(([name, kind]): Rename[] => {
        const moved = name.startsWith(`${from}.`) ? to + name.slice(from.length) : undefined;
        return moved !== undefined && !after.has(name) && after.get(moved) === kind
          ? [{ kind, from: name, to: moved }]
          : [];
      }),
    );
  return [...renames, ...nested];
}

function isNestedIn(name: string, gone: readonly (readonly [string, RenamedKind])[]): boolean {
  return gone.some(([outer, kind]) => kind === "message" && name.startsWith(`${outer}.`));
}

function sameLastName(from: string, to: string): number {
  return from.split(".").at(-1) === to.split(".").at(-1) ? 0.5 : 0;
}

/** Pairs of types of which one took the other's place in an rpc that is still there. */
function swappedTypes(old: Schema, now: Schema): Set<string> {
  const after = methodsOf(now);
  const found = new Set<string>();
  for (const [name, { method }] of methodsOf(old)) {
    const next = after.get(name)?.method;
    if (next === undefined) continue;
    found.add(`${method.input}=${next.input}`);
    found.add(`${method.output}=${next.output}`);
  }
  return found;
}

interface Owned {
  readonly service: string;
  readonly method: Method;
}

function servicesOf({ files }: Schema): Map<string, ServiceDef> {
  return new Map(
    files.flatMap(({ services }) => services.map((service) => [service.fullName, service] as const)),
  );
}

function methodsOf(schema: Schema): Map<string, Owned> {
  return new Map(
    [...servicesOf(schema).values()].flatMap((service) =>
      service.methods.map((method) => [method.fullName, { service: service.fullName, method }] as const),
    ),
  );
}

function rpcKeys({ methods }: ServiceDef): string[] {
  return methods.map(({ name, kind }) => `${name} ${kind}`);
}

function enumKeys({ values }: Enum): string[] {
  return values.map(({ number }) => `${number}`);
}

/** How alike the fields are, 0 to 1; names count half. Two empty messages say nothing. */
function messageLikeness(a: Message, b: Message): number {
  const wire = (message: Message) =>
    message.fields.map(
      ({ number, cardinality, type }) =>
        `${number} ${cardinality} ${type.kind === "scalar" ? type.scalar : type.kind}`,
    );
  const names = (message: Message) => message.fields.map(({ name }) => name);
  return (share(wire(a), wire(b)) + share(names(a), names(b))) / 2;
}

/** Part of all keys that both have. */
function share(a: readonly string[], b: readonly string[]): number {
  const all = new Set([...a, ...b]);
  if (all.size === 0) return 0;
  const other = new Set(b);
  return new Set(a.filter((key) => other.has(key))).size / all.size;
}
