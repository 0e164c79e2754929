import type { Endpoint, Value } from "../registry/index.ts";
import type { RegisteredMethod, Server } from "../server/index.ts";

/** Finds the shape of a message by its full proto name; null when it is not known. */
export type ShapeOf = (typeName: string) => Value | null;

/**
 * What a server can do, as the registry carries it: methods sorted by name, then subscribers by topic. Internal
 * methods (Debug) are not told.
 */
export function endpointsOf(server: Server, shapeOf: ShapeOf): Endpoint[] {
  const methods = server.methods
    .filter(({ internal }) => !internal)
    .map((registered) => ({
      name: registered.endpoint,
      request: shapeOf(registered.method.input.typeName),
      response: shapeOf(registered.method.output.typeName),
      metadata: metadataOf(registered),
    }))
    .sort((a, b) => compare(a.name, b.name));
  const subscribers = [...server.subscribers]
    .sort((a, b) => compare(b.topic, a.topic)) // descending, as go-micro sorts them
    .map(({ name, topic, typeName }) => ({
      name,
      request: shapeOf(typeName),
      response: null,
      metadata: { subscriber: "true", topic },
    }));
  return [...methods, ...subscribers];
}

/**
 * `stream`, `idempotency` (so that callers without the schema know what may be sent again), and what the gateway needs
 * of `google.api.http`: several bindings are comma-joined, the n-th method belongs to the n-th path (and body).
 * go-micro's keys (`api/api.go`), plus `body`, which it forgets.
 */
function metadataOf({ method, metadata }: RegisteredMethod): Record<string, string> {
  const rules = method.http ?? [];
  const bodies = rules.map((rule) => rule.body ?? "");
  return {
    ...(method.kind === "unary" ? {} : { stream: "true" }),
    ...(method.idempotency === "unknown" ? {} : { idempotency: method.idempotency }),
    ...(rules.length === 0
      ? {}
      : {
          handler: "rpc",
          method: rules.map((rule) => rule.method).join(","),
          path: rules.map((rule) => rule.path).join(","),
        }),
    ...(bodies.some((body) => body !== "") ? { body: bodies.join(",") } : {}),
    ...metadata,
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
