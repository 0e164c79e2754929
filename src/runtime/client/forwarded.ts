import { type Context, forManyCalls } from "../context/index.ts";
import { Metadata, type MetadataInit } from "../metadata/index.ts";
import { isReservedName } from "../protocol/index.ts";
import type { Clock } from "../registry/index.ts";

/** A handler needs a little of its caller's time for itself to pass the answer on. */
export const MARGIN_MS = 5;

/** When a call made now has to be over: its own limit or that of the running handler, whichever comes first. */
export function deadlineOf(
  timeoutMs: number | undefined,
  context: Context | undefined,
  clock: Clock,
): number | undefined {
  const own = timeoutMs === undefined ? undefined : clock.epochMs() + timeoutMs;
  const inherited = context?.deadline === undefined ? undefined : context.deadline - MARGIN_MS;
  return own === undefined ? inherited : inherited === undefined ? own : Math.min(own, inherited);
}

/** The caller's signal, the running handler's, or both. */
export function signalOf(
  own: AbortSignal | undefined,
  context: Context | undefined,
): AbortSignal | undefined {
  // Callers give one signal to many calls.
  if (own !== undefined) forManyCalls(own);
  if (context === undefined) return own;
  return own === undefined ? context.signal : AbortSignal.any([own, context.signal]);
}

/**
 * Metadata of a call: that of the running handler goes on, what the caller gives replaces it name by name.
 * `micro-from-service` names us, whoever called us. Names of one hop or one protocol are left out.
 */
export function metadataOf(
  given: MetadataInit | undefined,
  context: Context | undefined,
  fromService: string | undefined,
): Metadata {
  const metadata = given === undefined ? new Metadata() : Metadata.from(given);
  if (context !== undefined) {
    const own = new Set([...metadata].map(([name]) => name));
    for (const [name, value] of context.metadata) {
      if (!own.has(name) && !isReservedName(name)) metadata.append(name, value);
    }
  }
  if (fromService !== undefined) metadata.set("micro-from-service", fromService);
  return metadata;
}
