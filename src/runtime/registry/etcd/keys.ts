import { parseService } from "../record-json.ts";
import type { Service } from "../service.ts";

// go-micro `registry/etcd/etcd.go`.
const PREFIX = "/micro/registry/";

/** `/micro/registry/<service>/<node id>`; a `/` inside either part becomes `-`. */
export function nodeKey(service: string, id: string): string {
  return `${servicePrefix(service)}${id.replaceAll("/", "-")}`;
}

/** Where the nodes of a service begin; without a service: where all do. */
export function servicePrefix(service?: string | undefined): string {
  return service === undefined ? PREFIX : `${PREFIX}${service.replaceAll("/", "-")}/`;
}

/** All keys with a prefix, as the API asks for them: from it to the next text of the same length. */
export function prefixRange(prefix: string): { key: string; range_end: string } {
  const end = Buffer.from(prefix);
  // Prefixes of ours end in "/", which is no 0xff.
  end[end.length - 1]! += 1;
  return { key: toBase64(prefix), range_end: end.toString("base64") };
}

export function toBase64(text: string): string {
  return Buffer.from(text).toString("base64");
}

/** One stored value as a record; undefined when it is none. */
export function fromValue(value: unknown): Service | undefined {
  if (typeof value !== "string") return undefined;
  try {
    return parseService(JSON.parse(Buffer.from(value, "base64").toString("utf8")));
  } catch {
    // Somebody else's key below our prefix.
    return undefined;
  }
}

/** `etcd.local` -> `etcd.local:2379`, `https://[::1]:99/` -> `[::1]:99`. */
export function hostAndPort(address: string): string {
  const bare = address
    .trim()
    .replace(/^https?:\/\//, "")
    .replace(/\/+$/, "");
  return /:\d+$/.test(bare) ? bare : `${bare}:2379`;
}
