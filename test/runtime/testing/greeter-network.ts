import type { Service } from "../../../src/runtime/index.ts";
import type { ServiceType, UnaryMethod } from "../../../src/runtime/protobuf/index.ts";
import { sleep } from "../../../src/runtime/registry/index.ts";
import {
  createTestNetwork,
  type TestNetwork,
  type TestServiceOptions,
} from "../../../src/runtime/testing/index.ts";
import { type Hello, HelloMessage } from "../protocol/greeter.ts";

type Method = UnaryMethod<Hello, Hello>;
const method = (name: string, idempotency: Method["idempotency"]): Method => ({
  name,
  kind: "unary",
  service: "greeter.Greeter",
  input: HelloMessage,
  output: HelloMessage,
  idempotency,
});

/** One method that may be called twice, one that may not. */
export const Greeter: ServiceType<{ ask: Method; tell: Method }> = {
  typeName: "greeter.Greeter",
  methods: { ask: method("Ask", "noSideEffects"), tell: method("Tell", "unknown") },
};
export const { ask, tell } = Greeter.methods;

type Answer = (request: Hello, service: Service) => Hello | Promise<Hello>;

/** A network in virtual time. */
export function virtualNetwork(seed = 1): TestNetwork {
  return createTestNetwork({ time: "virtual", seed });
}

/** Starts a service whose two methods answer with `answer`. */
export function startGreeter(
  network: TestNetwork,
  name: string,
  answer: Answer = (request) => request,
  options: Partial<TestServiceOptions> = {},
): Promise<Service> {
  return network.service({
    name,
    setup: (service) => {
      const handler = (request: Hello) => answer(request, service);
      service.server.handle(Greeter, { ask: handler, tell: handler });
    },
    ...options,
  });
}

/** Makes `perSecond` calls a second for `seconds`, whatever becomes of them; resolves to how each one ended. */
export async function offer(
  network: TestNetwork,
  { perSecond, seconds }: { perSecond: number; seconds: number },
  call: (index: number) => Promise<unknown>,
): Promise<PromiseSettledResult<unknown>[]> {
  const calls: Promise<unknown>[] = [];
  const load = async () => {
    for (let index = 0; index < perSecond * seconds; index++) {
      calls.push(call(index));
      calls.at(-1)?.catch(() => {});
      await sleep(network.clock, 1000 / perSecond);
    }
    return Promise.allSettled(calls);
  };
  return network.run(load());
}
