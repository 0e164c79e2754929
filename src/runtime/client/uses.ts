import type { AnyMethod, ServiceType } from "../protobuf/index.ts";

/** What a generated client can call. */
export interface Use {
  /** Name on the registry, `go.micro.srv.greeter`. */
  readonly service: string;
  /** Full proto name, `greeter.Greeter`. */
  readonly typeName: string;
  /** Digest of what the client was generated from; empty when it has none. */
  readonly digest: string;
  /** Names in the .proto, `Hello`. */
  readonly methods: readonly string[];
}

/** Which services the generated clients on top of a client are for. */
export interface Uses {
  /** Called by every generated client when it is made; several for one service are one. */
  note(
    service: string,
    type: Pick<ServiceType, "typeName" | "digest"> & { readonly methods: Readonly<Record<never, AnyMethod>> },
  ): void;
  /** In the order they were noted. */
  readonly all: readonly Use[];
}

/** Programs that make a client per call of theirs must not grow without end. */
const MAX_USES = 1_000;

export function createUses(): Uses {
  const uses = new Map<string, Use>();
  return {
    note(service, { typeName, digest = "", methods }) {
      const key = `${service} ${typeName} ${digest}`;
      if (uses.has(key) || uses.size >= MAX_USES) return;
      const names = Object.values<AnyMethod>(methods).map(({ name }) => name);
      uses.set(key, { service, typeName, digest, methods: names });
    },
    get all() {
      return [...uses.values()];
    },
  };
}
