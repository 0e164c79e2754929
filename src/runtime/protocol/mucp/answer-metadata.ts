import { Metadata } from "../../metadata/index.ts";
import { checkMetadataSize, fitBesideError, isReservedName, metadataFromHeaders } from "../metadata-wire.ts";
import { addMetadata, type FrameHeaders } from "./frame.ts";
import type { HeaderFields } from "./http-head.ts";

/**
 * What a handler says beside its answer. go-micro has no such thing, and the header of its answers is that of some
 * request; so it travels under names of our own, which go-micro's clients leave alone.
 */
const PREFIXES = { header: "Micro-Header-", trailer: "Micro-Trailer-" } as const;
type Part = keyof typeof PREFIXES;

/** What a handler has set, see `CallContext`. */
interface Sent {
  readonly sentHeader: Metadata | undefined;
  readonly sentTrailer: Metadata | undefined;
}

/** Throws MicroError 431 for more than a header block takes. */
export function checkSent({ sentHeader, sentTrailer }: Sent, errorId: string): void {
  checkMetadataSize(sentHeader, "response header", errorId);
  checkMetadataSize(sentTrailer, "response trailer", errorId, sentHeader);
}

/** Writes one part; beside an error only when both leave room for it. */
export function addSent(headers: FrameHeaders, part: Part, sent: Sent, isError: boolean): void {
  const metadata = part === "header" ? sent.sentHeader : sent.sentTrailer;
  if (metadata === undefined || (isError && !fitBesideError(sent.sentHeader, sent.sentTrailer))) return;
  addMetadata(headers, metadata, PREFIXES[part]);
}

/** Reads one part out of the header of an answer. */
export function readSent(fields: HeaderFields, part: Part): Metadata {
  const prefix = PREFIXES[part].toLowerCase();
  const own: Record<string, string> = {};
  for (const name in fields) {
    const rest = name.slice(prefix.length);
    if (name.startsWith(prefix) && !isReservedName(rest)) own[rest] = fields[name] as string;
  }
  return Object.keys(own).length === 0 ? new Metadata() : metadataFromHeaders(own);
}
