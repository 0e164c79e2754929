import type { TextMapGetter, TextMapSetter } from "@opentelemetry/api";
import type { Metadata } from "../metadata/index.ts";

/** How OpenTelemetry's propagators read `traceparent` and the like from a call; without one nothing is read. */
export const readMetadata: TextMapGetter<{ readonly metadata: Metadata }> = {
  get: ({ metadata }, name) => metadata.get(name),
  keys: ({ metadata }) => Object.keys(metadata.toJSON()),
};

/** How they write them. A value that no wire can carry is left out: a trace is not worth a call. */
export const writeMetadata: TextMapSetter<Metadata> = {
  set(metadata, name, value) {
    try {
      metadata.set(name, value);
    } catch {
      // Baggage may hold anything.
    }
  },
};
