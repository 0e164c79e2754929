import { isPlainText } from "./plain-text.ts";
import type { Endpoint, Node, Service, Value } from "./service.ts";

// Records come from whoever reaches the registry.
const MAX_ENDPOINTS = 2_000;
const MAX_VALUES = 10_000;
const MAX_DEPTH = 8;
const MAX_METADATA = 1_000;
const MAX_NODES = 10_000;

type Json = Record<string, unknown>;

/** The endpoints as go-micro writes them: its key order, map keys sorted, `null` for what is empty. */
export function endpointsToJson(endpoints: readonly Endpoint[]): unknown {
  if (endpoints.length === 0) return null;
  return endpoints.map(({ name, request, response, metadata }) => ({
    name,
    request: valueToJson(request),
    response: valueToJson(response),
    metadata: metadataToJson(metadata),
  }));
}

/** A map as Go writes it: keys sorted; `null` when empty. */
export function metadataToJson(metadata: Readonly<Record<string, string>>): unknown {
  const entries = Object.entries(metadata);
  return entries.length === 0 ? null : Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** One record as go-micro's etcd registry writes it. */
export function serviceToJson(service: Service): unknown {
  return {
    name: service.name,
    version: service.version,
    metadata: metadataToJson(service.metadata),
    endpoints: endpointsToJson(service.endpoints),
    nodes: service.nodes.map(({ id, address, metadata }) => ({
      id,
      address,
      metadata: metadataToJson(metadata),
    })),
  };
}

/**
 * Reads {@link serviceToJson}'s form; undefined when it is no record. Missing and `null` are the same. Names with control
 * characters are none: a record with such a name or version counts for nothing, a node with such an id or address is left out.
 */
export function parseService(json: unknown): Service | undefined {
  if (!isObject(json) || typeof json.name !== "string" || json.name === "") return undefined;
  if (!isPlainText(json.name) || !isPlainText(text(json.version))) return undefined;
  const nodes: Node[] = [];
  for (const node of Array.isArray(json.nodes) ? json.nodes.slice(0, MAX_NODES) : []) {
    if (!isObject(node) || typeof node.id !== "string" || typeof node.address !== "string") continue;
    if (!isPlainText(node.id) || !isPlainText(node.address)) continue;
    nodes.push({ id: node.id, address: node.address, metadata: parseMetadata(node.metadata) });
  }
  return {
    name: json.name,
    version: text(json.version),
    metadata: parseMetadata(json.metadata),
    endpoints: parseEndpoints(json.endpoints),
    nodes,
  };
}

/** Reads endpoints; what is none is left out. */
export function parseEndpoints(json: unknown): Endpoint[] {
  if (!Array.isArray(json)) return [];
  const budget = { values: MAX_VALUES };
  return json
    .slice(0, MAX_ENDPOINTS)
    .filter(
      (endpoint): endpoint is Json =>
        isObject(endpoint) && typeof endpoint.name === "string" && isPlainText(endpoint.name),
    )
    .map((endpoint) => ({
      name: text(endpoint.name),
      request: parseValue(endpoint.request, MAX_DEPTH, budget),
      response: parseValue(endpoint.response, MAX_DEPTH, budget),
      metadata: parseMetadata(endpoint.metadata),
    }));
}

/** Reads a map of strings; entries that are none are left out, and those beyond the first thousand. */
export function parseMetadata(json: unknown): Record<string, string> {
  if (!isObject(json)) return {};
  // fromEntries defines keys instead of assigning them: `__proto__` is a key like any other.
  return Object.fromEntries(
    Object.entries(json)
      .slice(0, MAX_METADATA)
      .filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}

function valueToJson(value: Value | null): unknown {
  if (value === null) return null;
  const values = value.values.length === 0 ? null : value.values.map(valueToJson);
  return { name: value.name, type: value.type, values };
}

function parseValue(json: unknown, depth: number, budget: { values: number }): Value | null {
  if (!isObject(json) || depth === 0 || budget.values-- <= 0) return null;
  const values = Array.isArray(json.values) ? json.values : [];
  return {
    name: text(json.name),
    type: text(json.type),
    values: values
      .map((value) => parseValue(value, depth - 1, budget))
      .filter((value): value is Value => value !== null),
  };
}

function isObject(json: unknown): json is Json {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}

function text(json: unknown): string {
  return typeof json === "string" ? json : "";
}
