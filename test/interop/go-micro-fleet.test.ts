import { randomUUID } from "node:crypto";
import { networkInterfaces } from "node:os";
import { createService, type Service } from "@micro-service/runtime";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import {
  createGreeterClient,
  type GreeterHandler,
  registerGreeterHandler,
} from "../fixtures/go-micro/expected/greeter.service.ts";
import { Request } from "../fixtures/go-micro/expected/greeter.ts";
import { createEtcd, isEtcdMissing } from "../support/etcd.ts";
import {
  buildGoMicroPeer,
  GO_MICRO_VERSIONS,
  GoMicroPeer,
  type GoMicroVersion,
  whyNoGo,
} from "../support/go-micro.ts";

// A peer that says nothing shall not hold up everything else; building it may take longer.
vi.setConfig({ testTimeout: 30_000 });
const BUILD_MS = 10 * 60_000;

const handler: GreeterHandler = {
  hello: ({ name }) => ({ text: `Hello ${name} from us` }),
  fail: () => ({}),
  hang: () => ({}),
  async *count({ bigNumber }) {
    for (let i = 1n; i <= bigNumber; i++) yield { text: String(i) };
  },
  join: () => ({}),
  async *chat(requests) {
    for await (const { name } of requests) yield { text: `you said ${name}` };
  },
};

/** go-micro speaks mDNS on the interface of the default route. */
const isOffline = !Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .some(({ family, internal }) => family === "IPv4" && !internal);
const noGo = await whyNoGo();

let etcd: Awaited<ReturnType<typeof createEtcd>> | undefined;
const programs = new Map<GoMicroVersion, string>();
beforeAll(async () => {
  if (noGo !== undefined) return;
  // Its own stack, mucp: see grpc.go of v5 for what gRPC does to its etcd registry.
  for (const version of Object.keys(GO_MICRO_VERSIONS) as GoMicroVersion[])
    programs.set(version, await buildGoMicroPeer(version, "nogrpc"));
  if (isEtcdMissing) return;
  etcd = await createEtcd();
  await etcd.start();
}, BUILD_MS);
afterAll(() => etcd?.remove());

const REGISTRIES = [
  { registry: "etcd", missing: noGo ?? (isEtcdMissing ? "there is no etcd" : undefined) },
  { registry: "mdns", missing: noGo ?? (isOffline ? "there is no network" : undefined) },
] as const;

for (const { registry, missing } of REGISTRIES) {
  const reason = missing === undefined ? "" : ` (skipped: ${missing})`;
  describe
    .skipIf(missing !== undefined)
    .each(Object.entries(GO_MICRO_VERSIONS) as [GoMicroVersion, string][])(
    `a fleet of ours and go-micro's %s (%s) on ${registry}, everything else left as it is${reason}`,
    (version) => {
      const suffix = randomUUID().slice(0, 8);
      const [ours, theirs, topic] = [`go.micro.srv.o${suffix}`, `go.micro.srv.t${suffix}`, `topic.${suffix}`];
      let service: Service;
      let peer: GoMicroPeer;
      const heard: { request: Request; metadata: Record<string, string> }[] = [];
      let onHeard: () => void = () => {};

      beforeAll(async () => {
        const registryAddress = registry === "etcd" ? etcd?.address : undefined;
        service = await createService({
          name: ours,
          address: "127.0.0.1:0",
          registry,
          registryAddress,
          args: [],
          env: {},
        });
        registerGreeterHandler(service.server, handler);
        service.server.subscribe(topic, Request, (request, context) => {
          heard.push({ request, metadata: context.metadata.toJSON() });
          onHeard();
        });
        await service.start();
        peer = new GoMicroPeer(
          programs.get(version) as string,
          [
            `--server_name=${theirs}`,
            "--server_address=127.0.0.1:0",
            "--broker_address=127.0.0.1:0",
            `--registry=${registry}`,
            ...(registryAddress === undefined ? [] : [`--registry_address=${registryAddress}`]),
          ],
          { PEER_TOPIC: topic },
        );
        await peer.ready();
      });
      afterAll(async () => {
        await peer?.stop();
        await service?.stop();
      });

      test("we find and call it, in its own protocol", async () => {
        // It registers a moment after it listens.
        await expect.poll(() => service.registry.getService(theirs)).toHaveLength(1);
        const greeter = createGreeterClient(service.client, theirs);
        expect(await greeter.hello({ name: "Ada" })).toMatchObject({ text: "Hello Ada" });
        const texts: string[] = [];
        for await (const { text } of greeter.count({ bigNumber: 1n }, { contentType: "application/json" }))
          texts.push(text);
        expect(texts).toEqual(["1"]);
      });

      test("it finds and calls us, in its own protocol", async () => {
        const call = {
          do: "call",
          service: ours,
          endpoint: "Greeter.Hello",
          request: { name: "Ada" },
        } as const;
        await expect.poll(() => peer.ask(call)).toMatchObject({ value: { text: "Hello Ada from us" } });
        const count = {
          do: "count",
          service: ours,
          endpoint: "Greeter.Count",
          request: { bigNumber: "3" },
        } as const;
        expect(await peer.ask(count)).toMatchObject({ value: { texts: ["1", "2", "3"] } });
      });

      test("it hears our events, and we hear its", async () => {
        const event = { name: "Ada", bigNumber: 9007199254740993n, labels: { key: "ü" } };
        await service.client.publish(topic, Request, event);
        expect(await peer.heard("heard")).toMatchObject({
          request: { name: "Ada", bigNumber: "9007199254740993", labels: { key: "ü" } },
        });
        await expect.poll(() => heard.length).toBeGreaterThan(0);
        heard.length = 0;
        const next = new Promise<void>((resolve) => {
          onHeard = resolve;
        });
        const request = { name: "Bob", bigNumber: "9007199254740993" };
        expect((await peer.ask({ do: "publish", topic, request })).error).toBeUndefined();
        await next;
        expect(heard[0]?.request).toMatchObject({ name: "Bob", bigNumber: 9007199254740993n });
      });

      test("when it leaves then we know", async () => {
        await peer.stop();
        await expect.poll(() => service.registry.getService(theirs)).toEqual([]);
      });
    },
  );
}
