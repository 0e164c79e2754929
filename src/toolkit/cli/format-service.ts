import type { Endpoint, ServiceRecord, Value } from "@micro-service/runtime";

/** `micro get service`: nodes per version, then every endpoint with the shape of its messages. */
export function formatService(name: string, records: readonly ServiceRecord[]): string {
  const lines = [`service  ${name}`];
  for (const { version, nodes } of records) {
    lines.push("", `version ${version}`, "", "ID\tAddress\tMetadata");
    for (const node of nodes) lines.push(`${node.id}\t${node.address}\t${formatPairs(node.metadata)}`);
  }
  const endpoints = new Map<string, Endpoint>();
  for (const endpoint of records.flatMap((record) => record.endpoints)) {
    if (!endpoints.has(endpoint.name)) endpoints.set(endpoint.name, endpoint);
  }
  for (const { name: endpoint, metadata, request, response } of endpoints.values()) {
    lines.push("", `Endpoint: ${endpoint}`, "");
    if (Object.keys(metadata).length > 0) lines.push(`Metadata: ${formatPairs(metadata)}`, "");
    lines.push(`Request: ${formatShape(request)}`, "", `Response: ${formatShape(response)}`);
  }
  return `${lines.join("\n")}\n`;
}

/** `a=1,b=2`, by name. */
function formatPairs(pairs: Readonly<Record<string, string>>): string {
  return Object.entries(pairs)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
}

function formatShape(shape: Value | null): string {
  if (shape === null || shape.values.length === 0) return "{}";
  return `{\n${shape.values.map((field) => formatField(field, "\t")).join("")}}`;
}

function formatField({ name, type, values }: Value, indent: string): string {
  if (values.length === 0) return `${indent}${name} ${type}\n`;
  const inner = values.map((field) => formatField(field, `${indent}\t`)).join("");
  return `${indent}${name} ${type} {\n${inner}${indent}}\n`;
}
