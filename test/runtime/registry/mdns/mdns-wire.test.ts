import { networkInterfaces } from "node:os";
import { deflateSync, inflateSync } from "node:zlib";
import type { Answer, Packet, RecordType } from "dns-packet";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Registry, Service } from "../../../../src/runtime/registry/index.ts";
import { createMdnsRegistry } from "../../../../src/runtime/registry/mdns/index.ts";
import { aNode, aService, collect } from "../../../contract/registry.ts";
import { createRawPeer, type Heard } from "./raw-peer.ts";

// The rules are go-micro's, read from `registry/mdns_registry.go` and `util/mdns` of v2.9 and v1.18.

let registry: Registry;
let peer: Awaited<ReturnType<typeof createRawPeer>>;
let service: Service;

beforeEach(async () => {
  service = aService();
  service.name = `go.micro.srv.w${service.name.slice(-8)}`;
  service.nodes = [aNode(service.name)];
  registry = createMdnsRegistry({ address: "127.0.0.1" });
  peer = await createRawPeer(service.name.split(".").at(-1)!);
});
afterEach(async () => {
  await registry.close();
  await peer.close();
});

const address = () => `${service.name}.micro`;
const instance = () => `${service.nodes[0]!.id}.${address()}`;
const port = () => Number(service.nodes[0]!.address.split(":")[1]);
const text = (json: unknown) => {
  const hex = deflateSync(JSON.stringify(json)).toString("hex");
  return hex.match(/.{1,255}/g)!.map((slice) => Buffer.from(slice));
};

/** What a go-micro node would answer. */
function goRecords(
  changes: { json?: unknown; ttl?: number; host?: string; strings?: Buffer[] } = {},
): Answer[] {
  const ttl = changes.ttl ?? 120;
  const json = changes.json ?? { Service: service.name, Version: "latest", Endpoints: null, Metadata: null };
  return [
    { type: "PTR", name: address(), ttl, data: instance() },
    { type: "SRV", name: instance(), ttl, data: { priority: 10, weight: 1, port: port(), target: "gopher" } },
    { type: "A", name: "gopher", ttl, data: changes.host ?? "127.0.0.1" },
    { type: "TXT", name: instance(), ttl, data: changes.strings ?? text(json) },
  ];
}

const isQuestion = ({ message }: Heard) =>
  message.type === "query" && message.questions?.[0]?.name === address();
const isAnswer = ({ message }: Heard) => message.type === "response";
/** Time to live of a packet that tells of a node unasked; undefined for others. */
const announcedTtl = ({ message }: Heard): number | undefined => {
  const first = message.type === "response" ? message.answers?.[0] : undefined;
  return first?.type === "SRV" && message.questions?.length === 0 ? first.ttl : undefined;
};
const isGoodbye = (heard: Heard) => announcedTtl(heard) === 0;
const isAnnouncement = (heard: Heard) => (announcedTtl(heard) ?? 0) > 0;

/** A Go responder: one packet per node, to the asker alone. */
function answerAsGo(answers: Answer[][], { echo = true } = {}): void {
  peer.answerWith((heard) =>
    isQuestion(heard)
      ? answers.map(
          (records): Packet => ({
            type: "response",
            flags: 1 << 10,
            questions: echo ? (heard.message.questions ?? []) : [],
            answers: records,
          }),
        )
      : [],
  );
}

it("a question is answered to the asker alone, with the question repeated and every record in the answers", async () => {
  await registry.register(service);
  peer.ask({ id: 4_711, questions: [{ type: "PTR", name: address() }] });
  const [{ message, from }] = (await peer.until(
    (h) => isAnswer(h) && (h.message.questions?.length ?? 0) > 0,
  )) as [Heard];
  expect(from.address).toBe("127.0.0.1");
  expect(message).toMatchObject({
    id: 0,
    flag_aa: true,
    opcode: "QUERY",
    rcode: "NOERROR",
    authorities: [],
    additionals: [],
  });
  expect(message.questions).toEqual([{ type: "PTR", name: address(), class: "IN" }]);
  const common = { ttl: 120, class: "IN", flush: false };
  expect(message.answers!.slice(0, 3)).toEqual([
    { ...common, type: "PTR", name: address(), data: instance() },
    {
      ...common,
      type: "SRV",
      name: instance(),
      data: { priority: 10, weight: 1, port: port(), target: expect.any(String) },
    },
    { ...common, type: "A", name: expect.any(String), data: "127.0.0.1" },
  ]);
  const txt = message.answers![3] as { type: "TXT"; data: Buffer[] };
  const json = inflateSync(Buffer.from(Buffer.concat(txt.data).toString(), "hex")).toString();
  expect(json).toBe(
    `{"Service":"${service.name}","Version":"latest","Endpoints":[{"name":"Greeter.Hello","request":{"name":"HelloRequest","type":"HelloRequest","values":[{"name":"name","type":"string","values":null}]},"response":null,"metadata":{"stream":"false"}}],"Metadata":{"protocol":"grpc"}}`,
  );
});

it("each node of a service has an answer of its own", async () => {
  await registry.register({ ...service, nodes: [...service.nodes, aNode(service.name)] });
  peer.ask({ questions: [{ type: "ANY" as RecordType, name: address() }] });
  const answers = await peer.until((h) => isAnswer(h) && h.message.answers?.[0]?.type === "PTR", 2);
  expect(new Set(answers.map(({ message }) => (message.answers![0] as { data: string }).data)).size).toBe(2);
});

it.each([
  ["ANY", ["SRV", "A", "TXT"]],
  ["SRV", ["SRV", "A"]],
  ["TXT", ["TXT"]],
  ["A", ["A"]],
] as const)("a question for one node and %s gets %j", async (type, expected) => {
  await registry.register(service);
  peer.ask({ questions: [{ type: type as RecordType, name: instance() }] });
  const [answer] = await peer.until((h) => isAnswer(h) && (h.message.questions?.length ?? 0) > 0);
  expect(answer!.message.answers!.map((record) => record.type)).toEqual(expected);
});

it("the list of services has port 9999, address 0.0.0.0 and no text", async () => {
  await registry.register(service);
  peer.ask({ questions: [{ type: "PTR", name: "_services.micro" }] });
  const [answer] = await peer.until(
    (h) => isAnswer(h) && h.message.questions?.[0]?.name === "_services.micro",
  );
  expect(answer!.message.answers).toMatchObject([
    { type: "PTR", name: "_services.micro", data: `${service.name}._services.micro` },
    { type: "SRV", name: `${service.name}._services.micro`, data: { port: 9999 } },
    { type: "A", data: "0.0.0.0" },
    { type: "TXT", name: `${service.name}._services.micro`, data: [] },
  ]);
});

it("a new node is announced without question and pointer, and takes its leave twice with no time to live", async () => {
  await registry.register(service);
  const [announcement] = await peer.until(isAnnouncement);
  expect(announcement!.message).toMatchObject({ id: 0, flag_aa: false, questions: [] });
  expect(announcement!.message.answers!.map((record) => record.type)).toEqual(["SRV", "A", "TXT"]);
  await registry.deregister(service);
  const goodbyes = await peer.until(isGoodbye, 2);
  for (const { message } of goodbyes) {
    expect(message).toMatchObject({ id: 0, flag_aa: false, questions: [] });
    expect(message.answers!.map((record) => [record.type, (record as { ttl: number }).ttl])).toEqual([
      ["SRV", 0],
      ["A", 0],
      ["TXT", 0],
    ]);
  }
});

it("a renewal is silent, a change is announced", async () => {
  await registry.register(service);
  await peer.until(isAnnouncement);
  await registry.register(service);
  const changed = structuredClone(service);
  changed.nodes[0]!.metadata.canary = "yes";
  await registry.register(changed);
  const announcements = await peer.until(isAnnouncement, 2);
  const texts = announcements.map(({ message }) =>
    Buffer.concat((message.answers![2] as { data: Buffer[] }).data).toString(),
  );
  expect(new Set(texts).size).toBe(announcements.length);
});

it("our question asks for pointers, once per packet, with no wish for recursion", async () => {
  answerAsGo([goRecords()]);
  await registry.getService(service.name);
  const [{ message, from }] = (await peer.until(isQuestion)) as [Heard];
  expect(message).toMatchObject({ flag_rd: false, answers: [], authorities: [] });
  expect(message.questions).toEqual([{ type: "PTR", name: address(), class: "IN" }]);
  expect(from.port).not.toBe(5353);
});

const found = () => ({
  name: service.name,
  version: "latest",
  metadata: {},
  endpoints: [],
  nodes: [{ id: service.nodes[0]!.id, address: `127.0.0.1:${port()}`, metadata: {} }],
});

it("a v2.9 node is found", async () => {
  answerAsGo([goRecords()]);
  expect(await registry.getService(service.name)).toEqual([found()]);
});

it("a v1.18 node, which does not repeat the question, is found", async () => {
  answerAsGo([goRecords()], { echo: false });
  expect(await registry.getService(service.name)).toEqual([found()]);
});

it("a node that answers several times is one node", async () => {
  answerAsGo([goRecords(), goRecords(), goRecords()]);
  expect(await registry.getService(service.name)).toEqual([found()]);
});

it("keys are read in any case", async () => {
  answerAsGo([goRecords({ json: { service: service.name, VERSION: "3", metadata: { a: "b" } } })]);
  expect(await registry.getService(service.name)).toMatchObject([
    { version: "3", nodes: [{ metadata: { a: "b" } }] },
  ]);
});

it("a node with an IPv6 address alone is found", async () => {
  const records = goRecords();
  records[2] = { type: "AAAA", name: "gopher", ttl: 120, data: "::1" };
  answerAsGo([records]);
  expect((await registry.getService(service.name))[0]!.nodes[0]!.address).toBe(`[::1]:${port()}`);
});

it("a pointer alone is followed by a question for the node", async () => {
  const [pointer, ...rest] = goRecords();
  answerAsGo([[pointer!]]);
  peer.answerWith(({ message }) =>
    message.questions?.[0]?.name === instance() ? [{ type: "response", answers: rest }] : [],
  );
  expect(await registry.getService(service.name)).toEqual([found()]);
});

const refused: [string, () => Answer[]][] = [
  ["says it is gone", () => goRecords({ ttl: 0 })],
  ["has text that is no hex", () => goRecords({ strings: [Buffer.from("hello")] })],
  ["has text that is no zlib", () => goRecords({ strings: [Buffer.from("00ff")] })],
  ["has text for another service", () => goRecords({ json: { Service: "other", Version: "1" } })],
  [
    "has text that inflates to a megabyte",
    () => goRecords({ strings: text({ Service: service.name, Metadata: { a: "a".repeat(1 << 20) } }) }),
  ],
  ["lives where loopback does not lead", () => goRecords({ host: "169.254.169.254" })],
  ["lives nowhere", () => goRecords({ host: "0.0.0.0" })],
];
it.each(refused)("a node is not believed when it %s", async (_title, records) => {
  answerAsGo([records()]);
  expect(await registry.getService(service.name)).toEqual([]);
});

it("three announcements are one event, two goodbyes another, and a return a third", async () => {
  const watch = await collect(registry, service.name);
  const [, ...announcement] = goRecords();
  for (let i = 0; i < 3; i++) peer.tell({ answers: announcement });
  for (let i = 0; i < 2; i++) peer.tell({ answers: goRecords({ ttl: 0 }).slice(1) });
  await watch.until("delete", service.nodes[0]!.id);
  peer.tell({ answers: announcement });
  await watch.until("create", service.nodes[0]!.id, 2);
  expect(watch.seen.map((event) => event.action)).toEqual(["create", "delete", "create"]);
  expect(watch.seen[0]).toEqual({ action: "create", service: found() });
  await watch.stop();
});

it("broken packets on the group do no harm", async () => {
  await registry.register(service);
  for (const answers of [[], goRecords({ strings: [] })]) peer.tell({ answers });
  peer.ask({ questions: Array.from({ length: 200 }, () => ({ type: "PTR", name: address() })) });
  expect(await registry.getService(service.name)).toHaveLength(1);
});

// On the wire this looks like another machine: not from loopback, though it never leaves it.
const outside = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .find(({ family, internal }) => family === "IPv4" && !internal)?.address;
it.skipIf(outside === undefined)(
  "speaking on loopback, questions from elsewhere get no answer (skipped without another interface)",
  async () => {
    await registry.register(service);
    const stranger = await createRawPeer(service.name.split(".").at(-1)!, outside);
    stranger.ask({ questions: [{ type: "PTR", name: address() }] });
    await stranger.until(isQuestion);
    // Asked later and answered: so the stranger's question would have been by now.
    peer.ask({ questions: [{ type: "PTR", name: address() }] });
    await peer.until((heard) => heard.message.answers?.[0]?.type === "PTR");
    expect(stranger.heard.filter((heard) => heard.message.answers?.[0]?.type === "PTR")).toEqual([]);
    await stranger.close();
  },
);

it("a service with hundreds of methods fits", async () => {
  const [endpoint] = service.endpoints;
  service.endpoints = Array.from({ length: 150 }, (_, i) => ({ ...endpoint!, name: `Greeter.Method${i}` }));
  await registry.register(service);
  const other = createMdnsRegistry({ address: "127.0.0.1" });
  expect(await other.getService(service.name)).toEqual([service]);
  await other.close();
});
