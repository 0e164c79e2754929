import { createTracing } from "./create-tracing.ts";
import { packageVersion } from "./package-version.ts";
import type { Tracing } from "./tracing.ts";

/**
 * Tracing, where the program has `@opentelemetry/api`: installing it, with an SDK that sends spans somewhere, is how
 * tracing is switched on. Undefined otherwise.
 */
export async function loadTracing(): Promise<Tracing | undefined> {
  try {
    const api = await import("@opentelemetry/api");
    return createTracing(api, packageVersion());
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_MODULE_NOT_FOUND") return undefined;
    throw error;
  }
}
