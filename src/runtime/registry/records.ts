import { badRequest } from "../errors/index.ts";
import type { Service } from "./service.ts";

/** Refuses a record no registry could hold: without a name, without nodes, or with a node that has no id or address. */
export function checkRecord(service: Service): void {
  const refuse = (reason: string) => badRequest("go.micro.registry", `cannot register ${reason}`);
  if (service.name === "") throw refuse("a service without a name");
  if (service.nodes.length === 0) throw refuse(`service ${service.name}: it has no nodes`);
  for (const node of service.nodes) {
    if (node.id === "") throw refuse(`service ${service.name}: a node has no id`);
    if (node.address === "") throw refuse(`service ${service.name}: node ${node.id} has no address`);
  }
}

/** A record as registries store it: one record per node, as go-micro's etcd and mDNS registries do. */
export function splitRecord(service: Service): Service[] {
  return service.nodes.map((node) => structuredClone({ ...service, nodes: [node] }));
}

/**
 * One-node records -> one record per version with all its nodes, sorted by version. Metadata and endpoints come from
 * the first node of the version that has any (go-micro takes the first).
 */
export function groupByVersion(records: Iterable<Service>): Service[] {
  const versions = new Map<string, Service>();
  for (const record of records) {
    const known = versions.get(record.version);
    if (known === undefined) {
      versions.set(record.version, structuredClone(record));
      continue;
    }
    for (const node of record.nodes) known.nodes.push(structuredClone(node));
    if (known.endpoints.length === 0) known.endpoints = structuredClone(record.endpoints);
  }
  return [...versions.values()].sort((a, b) => compare(a.version, b.version));
}

/** Order of `listServices`: by name, then version; by code unit, the same on every machine. */
export function compareServices(a: Service, b: Service): number {
  return compare(a.name, b.name) || compare(a.version, b.version);
}

/** True when a registration says nothing new: then it only renews. */
export function sameRecord(a: Service, b: Service): boolean {
  return canonical(a) === canonical(b);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function canonical(service: Service): string {
  return JSON.stringify(service, (_key, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => compare(a, b)))
      : value,
  );
}
