import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Registry } from "../../../../src/runtime/registry/index.ts";
import { createApi } from "../../../../src/runtime/registry/kubernetes/api.ts";
import { findCluster } from "../../../../src/runtime/registry/kubernetes/cluster.ts";
import { createKubernetesRegistry } from "../../../../src/runtime/registry/kubernetes/index.ts";
import { aNode, aService, collect, describeRegistry } from "../../../contract/registry.ts";
import { createFakeKubernetes } from "../../../support/kubernetes.ts";

describeRegistry({
  name: "kubernetes",
  listsNodes: true,
  endsWith: "process",
  async open() {
    const kubernetes = await createFakeKubernetes();
    for (const pod of ["one", "two"]) kubernetes.addPod(pod);
    const registry = createKubernetesRegistry({ address: kubernetes.address, pod: "one" });
    return {
      // A process that is gone takes its pod with it.
      registry: {
        ...registry,
        async close() {
          await registry.close();
          kubernetes.removePod("one");
        },
      },
      peer: createKubernetesRegistry({ address: kubernetes.address, pod: "two" }),
      close: kubernetes.close,
    };
  },
});

let kubernetes: Awaited<ReturnType<typeof createFakeKubernetes>>;
const open: Registry[] = [];
beforeEach(async () => {
  kubernetes = await createFakeKubernetes();
  kubernetes.addPod("pod-1");
});
afterEach(async () => {
  for (const registry of open.splice(0)) await registry.close();
  await kubernetes.close();
});
function registryOf(pod = "pod-1"): Registry {
  const registry = createKubernetesRegistry({ address: kubernetes.address, pod });
  open.push(registry);
  return registry;
}

describe("on the wire it is go-micro's", () => {
  test("when a service registers then its pod has go-micro's labels and annotation, and loses them again", async () => {
    const registry = registryOf();
    const service = aService({ name: "go.micro.srv.greeter" });
    await registry.register(service);
    const { labels, annotations } = kubernetes.pod("pod-1")!.metadata;
    expect(labels).toEqual({
      "micro.mu/type": "service",
      "micro.mu/selector-go.micro.srv.greeter": "service",
    });
    expect(Object.keys(annotations)).toEqual(["micro.mu/service-go.micro.srv.greeter"]);
    expect(JSON.parse(Object.values(annotations)[0]!)).toMatchObject({
      name: service.name,
      nodes: service.nodes.map(({ id }) => ({ id })),
    });
    await registry.deregister(service);
    expect(kubernetes.pod("pod-1")!.metadata).toMatchObject({
      labels: { "micro.mu/type": "service" },
      annotations: {},
    });
  });

  test("when a name holds what no label may then it is written as go-micro writes it", async () => {
    const registry = registryOf();
    const service = aService({ name: "my/söd" });
    await registry.register(service);
    expect(Object.keys(kubernetes.pod("pod-1")!.metadata.labels)).toContain("micro.mu/selector-my_s__d");
    expect(await registry.getService("my/söd")).toEqual([service]);
    expect(await registry.getService("my_s__d")).toEqual([]);
  });

  test.each(["a".repeat(55), "greeter_", "greeter/"])(
    "when '%s' is no label then registering says so, and nobody is found",
    async (name) => {
      const registry = registryOf();
      await expect(registry.register(aService({ name }))).rejects.toMatchObject({ code: 400 });
      expect(await registry.getService(name)).toEqual([]);
    },
  );

  test("when nothing has changed then nothing is written", async () => {
    const registry = registryOf();
    const service = aService();
    for (let count = 0; count < 3; count++) await registry.register(service);
    expect(kubernetes.requests.filter((request) => request.startsWith("PATCH")).length).toBe(1);
  });
});

describe("pods come and go", () => {
  test("when a pod does not run any more then its nodes are gone, and watchers are told", async () => {
    const registry = registryOf();
    const service = aService();
    const events = await collect(registry, service.name);
    await registry.register(service);
    await events.until("create");
    kubernetes.setPhase("pod-1", "Failed");
    await events.until("delete", service.nodes[0]!.id);
    expect(await registry.getService(service.name)).toEqual([]);
  });

  test.each([false, true])(
    "when Kubernetes ends the watch then what happened meanwhile is told (with an error: %s)",
    async (error) => {
      const registry = registryOf();
      kubernetes.addPod("pod-2");
      const [stays, goes, comes] = [aService(), aService(), aService()];
      await registry.register(stays);
      await registryOf("pod-2").register(goes);
      const events = await collect(registry);
      await expect.poll(() => kubernetes.watches).toBe(1);
      kubernetes.endWatches(error);
      kubernetes.removePod("pod-2");
      await registry.register(comes);
      await events.until("delete", goes.nodes[0]!.id);
      await events.until("create", comes.nodes[0]!.id);
      expect(events.seen.length).toBe(2);
    },
  );

  test("when the server is away then that is a 503 that names it, and a watcher looks again when it is back", async () => {
    const registry = registryOf();
    const events = await collect(registry);
    await expect.poll(() => kubernetes.watches).toBe(1);
    await kubernetes.close();
    const { host } = new URL(kubernetes.address);
    await expect(registry.getService("a")).rejects.toMatchObject({
      code: 503,
      detail: expect.stringContaining(`registry kubernetes (${host}) cannot be reached`),
    });
    expect(events.seen).toEqual([]);
    kubernetes = await createFakeKubernetes(); // another address: what is under test is the error above
  });
});

test("when a registry waits for changes and nothing else is to be done then it does not keep the process alive", async () => {
  const registry = registryOf();
  await registry.register(aService());
  const sockets = () => process.getActiveResourcesInfo().filter((kind) => kind === "TCPSocketWrap").length;
  const before = sockets();
  await collect(registry);
  await expect.poll(() => kubernetes.watches).toBe(1);
  // The server's end of the watch is in this process, too, and does hold it.
  expect(sockets() - before).toBeLessThanOrEqual(1);
});

describe("what Kubernetes says no to", () => {
  test("when the pod is unknown then the error says what to set", async () => {
    await expect(registryOf("nobody").register(aService())).rejects.toMatchObject({
      code: 503,
      detail: expect.stringMatching(/refused with 404: pods "nobody" not found; HOSTNAME must name the pod/),
    });
  });

  test("when the rights are missing then the error says which", async () => {
    const registry = createKubernetesRegistry({
      address: kubernetes.address,
      namespace: "other",
      pod: "pod-1",
    });
    open.push(registry);
    await expect(registry.getService("a")).rejects.toMatchObject({
      detail: expect.stringContaining("needs list, watch and patch on pods"),
    });
  });

  test("when a registration was refused then the next attempt asks again", async () => {
    const registry = registryOf("late");
    const service = aService();
    await expect(registry.register(service)).rejects.toMatchObject({ code: 503 });
    kubernetes.addPod("late");
    await registry.register(service);
    expect(await registry.getService(service.name)).toEqual([service]);
  });
});

test.each([
  ["no JSON", "{"],
  ["an array", "[]"],
  ["a name with an escape sequence", JSON.stringify({ ...aService(), name: "a\u001b[2J" })],
  ["another service", JSON.stringify(aService({ name: "go.micro.srv.other" }))],
])("when an annotation holds %s then it is not believed", async (_, text) => {
  kubernetes.addPod("hostile");
  const labels = { "micro.mu/type": "service", "micro.mu/selector-go.micro.srv.x": "service" };
  kubernetes.annotate("hostile", "micro.mu/service-go.micro.srv.x", text, labels);
  expect(await registryOf().getService("go.micro.srv.x")).toEqual([]);
});

test("when a process runs two versions of a service then both are found, and the one that leaves takes its annotation along", async () => {
  const registry = registryOf();
  const name = `go.micro.srv.${"x".repeat(41)}`;
  const [one, two] = ["1", "2"].map((version) => aService({ name, version, nodes: [aNode(name)] })) as [
    ReturnType<typeof aService>,
    ReturnType<typeof aService>,
  ];
  await registry.register(one);
  await registry.register(two);
  expect(await registry.getService(name)).toEqual([one, two]);
  await registry.deregister(one);
  expect(await registry.getService(name)).toEqual([two]);
  expect(Object.keys(kubernetes.pod("pod-1")!.metadata.annotations)).toEqual([`micro.mu/service-${name}`]);
});

describe("which cluster", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "service-account-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const env = { KUBERNETES_SERVICE_HOST: "fd00::1", KUBERNETES_SERVICE_PORT: "6443", HOSTNAME: "pod-7" };

  test("when it runs in a pod then the service account says the rest, the token as it is now", async () => {
    for (const [name, text] of [
      ["namespace", "shop\n"],
      ["ca.crt", "PEM"],
      ["token", "first\n"],
    ] as const)
      writeFileSync(join(folder, name), text);
    const cluster = findCluster({ env, serviceAccountFolder: folder });
    expect(cluster).toMatchObject({ namespace: "shop", pod: "pod-7", ca: "PEM" });
    expect(cluster.url.href).toBe("https://[fd00::1]:6443/");
    expect(await cluster.token()).toBe("first");
    writeFileSync(join(folder, "token"), "second");
    expect(await cluster.token()).toBe("second");
  });

  test.each([
    ["there is no cluster", {}, undefined, "this is no pod"],
    ["no service account is mounted", env, undefined, "no service account"],
    ["the address is none", env, "127.0.0.1:8001", "no address of an API server"],
  ])("when %s then the error says what to do", (_, given, address, text) => {
    expect(() => findCluster({ env: given, address, serviceAccountFolder: folder })).toThrow(text);
  });

  test("when a token is asked for then it is sent", async () => {
    const guarded = await createFakeKubernetes({ token: "s3cret" });
    guarded.addPod("pod-1");
    const registry = createKubernetesRegistry({ address: guarded.address, pod: "pod-1" });
    await expect(registry.getService("a")).rejects.toMatchObject({
      detail: expect.stringContaining("refused with 401"),
    });
    await registry.close();
    const cluster = {
      url: new URL(guarded.address),
      namespace: "default",
      pod: "pod-1",
      ca: undefined,
      token: async () => "s3cret",
    };
    const api = createApi(cluster, 1_000);
    await api.patchPod("pod-1", { labels: { "micro.mu/a": "b" }, annotations: {} });
    expect((await api.listPods("micro.mu/a=b")).pods).toHaveLength(1);
    api.close();
    await guarded.close();
  });
});
