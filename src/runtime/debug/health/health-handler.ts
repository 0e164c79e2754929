import type { Context } from "../../context/index.ts";
import { notFound, unavailable } from "../../errors/index.ts";
import type { Server } from "../../server/index.ts";
import { Health, type HealthHandler } from "../gen/grpc/health/v1/health.service.ts";
import { HealthCheckResponse_ServingStatus as Status } from "../gen/grpc/health/v1/health.ts";
import type { Readiness } from "../readiness.ts";

export interface HealthOptions {
  /** Name of the service on the registry. */
  readonly name: string;
  readonly readiness: Readiness;
}

/**
 * Adds `grpc.health.v1.Health` to a server, unadvertised. Known are the server as a whole (empty name), the services it
 * has handlers for by their full proto name, and its own name on the registry. All are SERVING until the service
 * stops. A handler that the application gives for the same service takes its place.
 */
export function handleHealth(server: Server, { name, readiness }: HealthOptions): void {
  const statusOf = (service: string): Status => {
    const known =
      service === "" || service === name || server.methods.some(({ method }) => method.service === service);
    if (!known) return Status.SERVICE_UNKNOWN;
    return readiness.phase === "serving" ? Status.SERVING : Status.NOT_SERVING;
  };

  const handler: HealthHandler = {
    check({ service }) {
      const status = statusOf(service);
      if (status === Status.SERVICE_UNKNOWN) throw notFound(name, `${name} has no service ${service}`);
      return { status };
    },
    async *watch({ service }, context) {
      let told: Status | undefined;
      while (readiness.phase !== "ended") {
        const status = statusOf(service);
        // Whatever happened while the message was on its way is looked at before waiting again.
        if (status === told) await changeOf(readiness, context);
        else {
          told = status;
          yield { status };
        }
      }
      throw unavailable(name, `${name} is stopping`);
    },
  };
  server.handle(Health, handler, { internal: true });
}

/** Resolves when something changed, or when nobody waits for it any more. */
async function changeOf(readiness: Readiness, { signal }: Context): Promise<void> {
  signal.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const forget = readiness.onChange(() => done(resolve));
    const abandoned = () => done(() => reject(signal.reason));
    const done = (settle: () => void) => {
      forget();
      signal.removeEventListener("abort", abandoned);
      settle();
    };
    signal.addEventListener("abort", abandoned);
  });
}
