import type { Change } from "../compare/index.ts";
import {
  type Message,
  reachableTypes,
  type Schema,
  type ServiceDef,
  serviceDigest,
} from "../schema/index.ts";
import type { ServiceUse } from "./node-uses.ts";
import type { FleetMember } from "./read-fleet.ts";

/** Somebody who runs and whom a change breaks. */
export interface Break {
  readonly change: Change;
  readonly consumer: FleetMember;
  /** Full names of the methods it calls that are concerned, sorted. */
  readonly methods: readonly string[];
}

/** What a change means for those who run. */
export interface FleetVerdict {
  readonly breaks: readonly Break[];
  /** Consumers whose client was made from another schema than the one that runs: judged by the latter all the same. */
  readonly outdated: readonly FleetMember[];
  /** All that say they call the service. */
  readonly consumers: readonly FleetMember[];
}

/**
 * Whom breaking changes break. A consumer is concerned when a change is about a method that it calls, or about a type that
 * such a method needs.
 *
 * @param service name on the registry
 * @param before what runs
 * @param changes what is different afterwards; those that break nobody on the wire do not count
 */
export function judgeFleet(
  service: string,
  before: Schema,
  changes: readonly Change[],
  members: readonly FleetMember[],
): FleetVerdict {
  const breaking = changes.filter(({ kind }) => kind === "wire");
  const subjectOf = createSubjects(before);
  const services = new Map(before.files.flatMap((file) => file.services).map((one) => [one.fullName, one]));
  const verdict = { breaks: [] as Break[], outdated: [] as FleetMember[], consumers: [] as FleetMember[] };
  /** Fleets are large, and most of them were made from one of a few schemas. */
  const understood = new Map<string, Understood>();

  for (const consumer of members) {
    const uses =
      consumer.uses.kind === "told" ? consumer.uses.uses.filter((use) => use.service === service) : [];
    if (uses.length === 0) continue;
    verdict.consumers.push(consumer);
    const meant = uses.map((use) => ({ use, is: understand(use) }));
    if (meant.some(({ use, is }) => use.digest !== is.digest)) verdict.outdated.push(consumer);
    for (const change of breaking) {
      const concerned = meant.flatMap(({ is }) => is.concerned.get(change) ?? []);
      if (concerned.length > 0)
        verdict.breaks.push({ change, consumer, methods: [...new Set(concerned)].sort() });
    }
  }
  return verdict;

  function understand({ typeName, methods }: ServiceUse): Understood {
    const key = `${typeName}:${methods === "all" ? "*" : methods.join(",")}`;
    const known = understood.get(key) ?? understandNew(services.get(typeName), methods);
    understood.set(key, known);
    return known;
  }

  function understandNew(running: ServiceDef | undefined, methods: ServiceUse["methods"]): Understood {
    const concerned = new Map<Change, string[]>();
    if (running === undefined) return { digest: undefined, concerned };
    const calls = called(methods, running);
    const needs = calls.map((method) => ({ method: method.fullName, names: namesNeeded(running, method) }));
    for (const change of breaking) {
      const subjects = subjectOf(change.name);
      const hit = needs.filter(({ names }) => subjects.some((subject) => names.has(subject)));
      concerned.set(
        change,
        hit.map(({ method }) => method),
      );
    }
    return { digest: serviceDigest(before, { ...running, methods: calls }), concerned };
  }

  /** Everything a method depends on, by full name: types, files, the method and its service, too. */
  function namesNeeded(running: ServiceDef, method: ServiceDef["methods"][number]): ReadonlySet<string> {
    const types = reachableTypes(before, [method]);
    const files = [...types].map((name) => (before.messages.get(name) ?? before.enums.get(name))?.file ?? "");
    return new Set([...types, ...files, method.fullName, running.fullName, running.file]);
  }
}

/** What using some methods of a service means. */
interface Understood {
  /** Of a client made from what runs; undefined when it does not run. */
  readonly digest: string | undefined;
  /** Full names of the methods that a change concerns. */
  readonly concerned: ReadonlyMap<Change, readonly string[]>;
}

function called(methods: ServiceUse["methods"], { methods: all }: ServiceDef): ServiceDef["methods"] {
  return methods === "all" ? all : all.filter(({ name }) => methods.includes(name));
}

/**
 * What a change is about -> the type it belongs to: of a field or value its message or enum. What is about a file names
 * it, perhaps with an option behind it: `shop/order.proto:java_package`.
 */
function createSubjects({ files, enums }: Schema): (name: string) => readonly string[] {
  const owners = new Map<string, string>();
  const visit = (message: Message): void => {
    for (const member of [...message.fields, ...message.oneofs])
      owners.set(member.fullName, message.fullName);
    for (const nested of message.messages) visit(nested);
  };
  for (const file of files) for (const message of file.messages) visit(message);
  for (const declared of enums.values())
    for (const value of declared.values) owners.set(value.fullName, declared.fullName);
  return (name) => {
    const file = files.find(({ path }) => name === path || name.startsWith(`${path}:`));
    const owner = owners.get(name);
    return [name, ...(owner === undefined ? [] : [owner]), ...(file === undefined ? [] : [file.path])];
  };
}
