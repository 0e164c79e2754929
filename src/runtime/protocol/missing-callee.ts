import { MicroError } from "../errors/index.ts";

const MISSING = Symbol.for("@micro-service/runtime/missingCallee");

/**
 * Notes on a MicroError made on the calling side that `service` could not be reached: it is not on the registry, or its
 * node was lost. No wire carries the note, so a peer's own 404 or 503 never bears it. Anything else is left alone.
 */
export function markMissingCallee(error: unknown, service: string): void {
  if (MicroError.is(error)) Object.defineProperty(error, MISSING, { value: service, configurable: true });
}

/** The service that could not be reached, when that is what the error says. */
export function missingCalleeOf(error: MicroError): string | undefined {
  return (error as { readonly [MISSING]?: string })[MISSING];
}
