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

  for (const consumer of members) {
    const uses =
      consumer.uses.kind === "told" ? consumer.uses.uses.filter((use) => use.service === service) : [];
    if (uses.length === 0) continue;
    verdict.consumers.push(consumer);
    if (uses.some((use) => isOutdated(use, services.get(use.typeName)))) verdict.outdated.push(consumer);
    const needs = uses.flatMap((use) => needsOf(use, services.get(use.typeName)));
    for (const change of breaking) {
      const subjects = subjectOf(change.name);
      const concerned = needs.filter(({ names }) => subjects.some((subject) => names.has(subject)));
      const methods = [...new Set(concerned.map(({ method }) => method))].sort();
      if (methods.length > 0) verdict.breaks.push({ change, consumer, methods });
    }
  }
  return verdict;

  function isOutdated({ digest, methods }: ServiceUse, running: ServiceDef | undefined): boolean {
    if (running === undefined) return true;
    return digest !== serviceDigest(before, { ...running, methods: called(methods, running) });
  }

  /** Per method everything it depends on, by full name; the method and its service, too. */
  function needsOf({ methods }: ServiceUse, running: ServiceDef | undefined) {
    if (running === undefined) return [];
    return called(methods, running).map((method) => {
      const types = reachableTypes(before, [method]);
      const files = [...types].map(
        (name) => (before.messages.get(name) ?? before.enums.get(name))?.file ?? "",
      );
      return {
        method: method.fullName,
        names: new Set([...types, ...files, method.fullName, running.fullName, running.file]),
      };
    });
  }
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
