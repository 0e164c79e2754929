// What generate.js made; CONFORMANCE_MESSAGES names the folder. Messages come and go with their length before them.
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const load = (file) =>
  import(pathToFileURL(join(process.env.CONFORMANCE_MESSAGES, "dist/connectrpc/conformance/v1", file)).href);

export const config = await load("config.js");
export const server = await load("server_compat.js");
export const client = await load("client_compat.js");
export const service = await load("service.js");
export const { ConformanceService } = await load("service.service.js");

/** Length-prefixed messages of a stream, as they come. */
export async function* readMessages(input, type) {
  let seen = Buffer.alloc(0);
  for await (const chunk of input) {
    seen = Buffer.concat([seen, chunk]);
    while (seen.length >= 4 && seen.length >= 4 + seen.readUInt32BE(0)) {
      const end = 4 + seen.readUInt32BE(0);
      yield type.decode(seen.subarray(4, end));
      seen = seen.subarray(end);
    }
  }
}

/** Resolves when the message is written. */
export function writeMessage(output, type, message) {
  const bytes = type.encode(message);
  const prefix = Buffer.alloc(4);
  prefix.writeUInt32BE(bytes.length);
  return new Promise((resolve) => output.write(Buffer.concat([prefix, bytes]), resolve));
}

/** Metadata -> repeated Header. */
export function toHeaders(metadata) {
  const byName = new Map();
  for (const [name, value] of metadata) byName.set(name, [...(byName.get(name) ?? []), value]);
  return [...byName].map(([name, value]) => ({ name, value }));
}

/** Adds repeated Header to metadata. */
export function addHeaders(metadata, headers) {
  for (const { name, value } of headers) for (const one of value) metadata.append(name, one);
  return metadata;
}
