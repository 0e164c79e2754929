import { randomUUID } from "node:crypto";
import { createService, type Service } from "@micro-service/runtime";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { RegistryEvent } from "../../src/runtime/registry/index.ts";
import { createKubernetesRegistry } from "../../src/runtime/registry/kubernetes/index.ts";
import {
  createGreeterClient,
  type GreeterHandler,
  registerGreeterHandler,
} from "../fixtures/go-micro/expected/greeter.service.ts";
import { buildGoMicroPeer, GoMicroPeer, whyNoGo } from "../support/go-micro.ts";
import { createFakeKubernetes } from "../support/kubernetes.ts";

vi.setConfig({ testTimeout: 30_000 });
const missing = await whyNoGo();
const skipReason = missing === undefined ? "" : ` (skipped: ${missing})`;

const handler: GreeterHandler = {
  hello: ({ name }) => ({ text: `Hello ${name} from us` }),
  fail: () => ({}),
  hang: () => ({}),
  async *count() {},
  join: () => ({}),
  async *chat() {},
};

describe.skipIf(missing !== undefined)(
  `by a server that follows Kubernetes' API, with go-micro's plugin v2.9.1${skipReason}`,
  () => {
    const suffix = randomUUID().slice(0, 8);
    const [ours, theirs] = [`go.micro.srv.o${suffix}`, `go.micro.srv.t${suffix}`];
    let kubernetes: Awaited<ReturnType<typeof createFakeKubernetes>>;
    let service: Service;
    let peer: GoMicroPeer;
    const events: RegistryEvent[] = [];
    const over = new AbortController();

    beforeAll(async () => {
      kubernetes = await createFakeKubernetes();
      for (const pod of ["ours", "theirs"]) kubernetes.addPod(pod);
      const registry = createKubernetesRegistry({ address: kubernetes.address, pod: "ours" });
      service = await createService({
        name: ours,
        address: "127.0.0.1:0",
        registry,
        broker: "memory",
        args: [],
        env: {},
        drainDelayMs: 0,
      });
      registerGreeterHandler(service.server, handler);
      await service.start();
      void (async () => {
        for await (const event of service.registry.watch({ name: theirs, signal: over.signal }))
          events.push(event);
      })();
      peer = new GoMicroPeer(
        await buildGoMicroPeer("v2"),
        [
          `--server_name=${theirs}`,
          "--server_address=127.0.0.1:0",
          "--broker_address=127.0.0.1:0",
          "--broker=memory",
        ],
        { HOSTNAME: "theirs", PEER_KUBERNETES: kubernetes.address },
      );
      await peer.ready();
    }, 600_000);
    afterAll(async () => {
      over.abort();
      await peer?.stop();
      await service?.stop();
      await service?.registry.close();
      await kubernetes?.close();
    });

    test("we find and call it, and are told when it comes", async () => {
      await expect.poll(() => service.registry.getService(theirs)).toHaveLength(1);
      expect(await createGreeterClient(service.client, theirs).hello({ name: "Ada" })).toMatchObject({
        text: "Hello Ada",
      });
      await expect.poll(() => events.map(({ action }) => action)).toEqual(["create"]);
      expect((await service.registry.listServices()).map(({ name }) => name).toSorted()).toEqual(
        [ours, theirs].toSorted(),
      );
    });

    test("it finds and calls us", async () => {
      const call = {
        do: "call",
        service: ours,
        endpoint: "Greeter.Hello",
        request: { name: "Ada" },
      } as const;
      await expect.poll(() => peer.ask(call)).toMatchObject({ value: { text: "Hello Ada from us" } });
    });

    test("when it leaves then we know, and its pod says nothing of it any more", async () => {
      await peer.stop();
      await expect.poll(() => events.at(-1)?.action).toBe("delete");
      expect(await service.registry.getService(theirs)).toEqual([]);
      expect(kubernetes.pod("theirs")?.metadata.annotations).toEqual({});
    });
  },
);
