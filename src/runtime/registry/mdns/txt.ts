import { deflateSync, inflateSync } from "node:zlib";
import { isPlainText } from "../plain-text.ts";
import { endpointsToJson, metadataToJson, parseEndpoints, parseMetadata } from "../record-json.ts";
import type { Endpoint, Service } from "../service.ts";

/** What the TXT record of a node carries (go-micro `registry/mdns_registry.go`, type `mdnsTxt`). */
export interface NodeText {
  readonly service: string;
  readonly version: string;
  readonly endpoints: Endpoint[];
  /** The node's metadata; the service's own is not carried. */
  readonly metadata: Record<string, string>;
}

const STRING_LENGTH = 255;
const MAX_JSON_BYTES = 64 * 1024;

/**
 * JSON -> zlib -> lower-case hex -> strings of 255 characters. A record beyond 64 KiB of JSON leaves out the shapes of
 * its messages, then its endpoints: others can still call it.
 */
export function encodeText(service: Service, nodeMetadata: Record<string, string>): Buffer[] {
  const shapeless = service.endpoints.map((endpoint) => ({ ...endpoint, request: null, response: null }));
  for (const endpoints of [service.endpoints, shapeless, []]) {
    const json = JSON.stringify({
      Service: service.name,
      Version: service.version,
      Endpoints: endpointsToJson(endpoints),
      Metadata: metadataToJson(nodeMetadata),
    });
    if (Buffer.byteLength(json) > MAX_JSON_BYTES) continue;
    const hex = deflateSync(json).toString("hex");
    return Array.from({ length: Math.ceil(hex.length / STRING_LENGTH) }, (_, i) =>
      Buffer.from(hex.slice(i * STRING_LENGTH, (i + 1) * STRING_LENGTH), "latin1"),
    );
  }
  throw new RangeError(`metadata exceeds ${MAX_JSON_BYTES} bytes`);
}

/**
 * The inverse; undefined for anything else, be it foreign, broken, or more than 64 KiB once inflated, and when `mayRead`
 * says no to so many bytes.
 */
export function decodeText(
  strings: readonly Buffer[],
  mayRead: (bytes: number) => boolean = () => true,
): NodeText | undefined {
  const hex = Buffer.concat(strings).toString("latin1");
  if (hex === "" || hex.length % 2 !== 0 || !/^[0-9a-f]+$/i.test(hex)) return undefined;
  try {
    const inflated = inflateSync(Buffer.from(hex, "hex"), { maxOutputLength: MAX_JSON_BYTES });
    if (!mayRead(inflated.length)) return undefined;
    const json: unknown = JSON.parse(inflated.toString("utf8"));
    if (typeof json !== "object" || json === null) return undefined;
    // Go reads keys in any case.
    const fields = new Map(Object.entries(json).map(([key, value]) => [key.toLowerCase(), value as unknown]));
    const service = fields.get("service");
    if (typeof service !== "string" || service === "" || !isPlainText(service)) return undefined;
    const given = fields.get("version");
    const version = typeof given === "string" ? given : "";
    if (!isPlainText(version)) return undefined;
    return {
      service,
      version,
      endpoints: parseEndpoints(fields.get("endpoints")),
      metadata: parseMetadata(fields.get("metadata")),
    };
  } catch {
    return undefined;
  }
}
