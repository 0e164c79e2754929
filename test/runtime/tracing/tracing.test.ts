import { readFileSync } from "node:fs";
import { context, propagation, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  type ReadableSpan,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-node";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { createMemoryBroker } from "../../../src/runtime/broker/index.ts";
import { createDebugClient } from "../../../src/runtime/debug/index.ts";
import type { BidiStreamMethod } from "../../../src/runtime/protobuf/index.ts";
import { createMemoryRegistry } from "../../../src/runtime/registry/index.ts";
import { createConnection, createService, silentLogger } from "../../../src/runtime/service/index.ts";
import { createGate } from "../../contract/broker.ts";
import { createGreeterClient, Greeter, Text } from "../service/greeter.ts";

const exporter = new InMemorySpanExporter();
const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
const closers: (() => Promise<void>)[] = [];
const CHAT: BidiStreamMethod<Text, Text> = {
  ...Greeter.methods.hello,
  name: "Chat",
  kind: "bidiStream",
} as never;
const front = "go.micro.srv.front";
const back = "go.micro.srv.back";

beforeAll(() => provider.register());
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
  exporter.reset();
});
afterAll(() => {
  for (const api of [trace, context, propagation]) api.disable();
});

/** A front that asks a back and tells everybody, as three programs would: over sockets, no memory shared. */
async function chain() {
  const common = {
    registry: createMemoryRegistry(),
    broker: createMemoryBroker(),
    address: "127.0.0.1:0",
    drainDelayMs: 0,
    args: [],
    env: {},
    logger: silentLogger,
  };
  await common.broker.connect();
  const backService = await createService({ name: back, ...common });
  backService.server.handle(Greeter, {
    hello: ({ text }) => {
      trace.getActiveSpan()?.setAttribute("seen.by", "handler");
      backService.log.info("greeting");
      return { text: `Hello ${text}` };
    },
    fail: () => {
      throw new Error("a bug");
    },
  });
  backService.server.handle(
    { typeName: "greeter.Chat", methods: { chat: { ...CHAT, service: "greeter.Chat" } } },
    {
      async *chat(requests: AsyncIterable<Text>) {
        for await (const { text } of requests) {
          trace.getActiveSpan()?.addEvent(text);
          yield { text };
        }
      },
    },
  );
  const heard = createGate();
  backService.server.subscribe("greeted", Text, async () => heard.open());
  const frontService = await createService({ name: front, ...common });
  const toBack = createGreeterClient(frontService.client, back);
  frontService.server.handle(Greeter, {
    hello: async (request) => {
      const answer = await toBack.hello(request);
      await frontService.client.publish("greeted", Text, answer);
      return answer;
    },
    fail: (request) => toBack.fail(request),
  });
  for (const service of [backService, frontService]) {
    await service.start();
    closers.push(() => service.stop());
  }
  const connection = await createConnection({ name: "go.micro.web.shop", ...common });
  closers.push(() => connection.close());
  return { client: connection.client, heard: heard.opened };
}

const kinds = ["INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER"];

/** `SERVER greeter.Greeter/Hello < CLIENT greeter.Greeter/Hello`: each span with its parent, sorted. */
function family(spans: readonly ReadableSpan[]): string[] {
  const told = (span: ReadableSpan | undefined) =>
    span === undefined ? "-" : `${kinds[span.kind]} ${span.name}`;
  const parentOf = (span: ReadableSpan) =>
    spans.find((other) => other.spanContext().spanId === span.parentSpanContext?.spanId);
  return spans.map((span) => `${told(span)} < ${told(parentOf(span))}`).sort();
}

describe("with OpenTelemetry's SDK in the program", () => {
  test("when a call goes through two services and an event then all of it is one trace", async () => {
    const { client, heard } = await chain();
    await trace.getTracer("test").startActiveSpan("the work", async (span) => {
      await createGreeterClient(client, front).hello({ text: "Ada" });
      await heard;
      span.end();
    });
    await expect.poll(() => exporter.getFinishedSpans().length).toBe(7);
    const spans = exporter.getFinishedSpans();
    const ours = spans.filter(({ name }) => name !== "the work");
    const { version } = JSON.parse(
      readFileSync(new URL("../../../src/runtime/package.json", import.meta.url), "utf8"),
    );
    expect(new Set(ours.map((span) => span.instrumentationScope.version))).toEqual(new Set([version]));
    expect(new Set(spans.map((span) => span.spanContext().traceId)).size).toBe(1);
    expect(family(spans)).toEqual([
      "CLIENT greeter.Greeter/Hello < INTERNAL the work",
      "CLIENT greeter.Greeter/Hello < SERVER greeter.Greeter/Hello",
      "CONSUMER process greeted < PRODUCER send greeted",
      "INTERNAL the work < -",
      "PRODUCER send greeted < SERVER greeter.Greeter/Hello",
      "SERVER greeter.Greeter/Hello < CLIENT greeter.Greeter/Hello",
      "SERVER greeter.Greeter/Hello < CLIENT greeter.Greeter/Hello",
    ]);
    const handled = spans.find((span) => span.attributes["seen.by"] === "handler");
    expect(handled?.attributes).toMatchObject({
      "rpc.system.name": "grpc",
      "rpc.method": "greeter.Greeter/Hello",
      "rpc.response.status_code": "OK",
      "network.peer.address": "127.0.0.1",
      "network.peer.port": expect.any(Number),
    });
    expect(spans.find(({ kind }) => kind === SpanKind.CLIENT)?.attributes).toMatchObject({
      "rpc.system.name": "micro",
      "rpc.method": "greeter.Greeter/Hello",
      "rpc.response.status_code": "OK",
      "server.address": expect.stringMatching(/^go\.micro\.srv\./),
    });
    for (const [kind, operation] of [
      [SpanKind.PRODUCER, "send"],
      [SpanKind.CONSUMER, "process"],
    ])
      expect(spans.find((span) => span.kind === kind)?.attributes).toEqual({
        "messaging.system": "micro",
        "messaging.destination.name": "greeted",
        "messaging.operation.name": operation,
        "messaging.operation.type": operation,
      });
  });

  test("when a handler fails then the spans of both sides say how", async () => {
    const { client } = await chain();
    await expect(createGreeterClient(client, back).fail({ text: "" })).rejects.toMatchObject({ code: 500 });
    const spans = exporter.getFinishedSpans();
    expect(
      spans.map(({ kind, status, attributes }) => [
        kind,
        status.code,
        attributes["rpc.response.status_code"],
        attributes["error.type"],
      ]),
    ).toEqual([
      [SpanKind.SERVER, SpanStatusCode.ERROR, "INTERNAL", "Error"],
      [SpanKind.CLIENT, SpanStatusCode.ERROR, "INTERNAL", "INTERNAL"],
    ]);
    const [server, caller] = spans.map((span) => span.status.message);
    expect(server).toBe("a bug");
    expect(caller).not.toContain("a bug");
  });

  test("when lines are written then they tell the span they are written in, that of a failed handler too, and so does Debug.Trace", async () => {
    const { client } = await chain();
    const debug = createDebugClient(client, back);
    await createGreeterClient(client, back).hello({ text: "Ada" });
    await createGreeterClient(client, back)
      .fail({ text: "" })
      .catch(() => {});
    const spans = exporter.getFinishedSpans().filter(({ kind }) => kind === SpanKind.SERVER);
    const ids = spans.map((span) => [span.spanContext().traceId, span.spanContext().spanId]);
    const lines: string[][] = [];
    for await (const { metadata } of debug.log({}))
      lines.push([metadata.trace_id ?? "", metadata.span_id ?? ""]);
    expect(lines).toEqual(ids);
    const { spans: told } = await debug.trace({});
    expect(told.map(({ trace: of, id }) => [of, id])).toEqual(ids);
    const caller = exporter.getFinishedSpans().find(({ kind }) => kind === SpanKind.CLIENT);
    expect(told[0]?.parent).toBe(caller?.spanContext().spanId);
  });

  test.each([
    ["read to its end", 2],
    ["left early", 1],
  ])("when a stream is %s then its span covers every step the handler made", async (how, steps) => {
    const { client } = await chain();
    async function* requests() {
      yield { text: "one" };
      yield { text: "two" };
    }
    const method = { ...CHAT, service: "greeter.Chat" };
    for await (const _ of client.bidiStream(back, method, requests())) if (how === "left early") break;
    await expect.poll(() => exporter.getFinishedSpans().length).toBe(2);
    const server = exporter.getFinishedSpans().find((span) => span.kind === SpanKind.SERVER);
    expect(server?.events.length).toBeGreaterThanOrEqual(steps);
    const client_ = exporter.getFinishedSpans().find((span) => span.kind === SpanKind.CLIENT);
    expect(server?.parentSpanContext?.spanId).toBe(client_?.spanContext().spanId);
  });

  test("when baggage holds what no header can carry then the call works", async () => {
    const { client } = await chain();
    const baggage = propagation.createBaggage({ "user\nname": { value: "Ada\r\n" } });
    const answer = await context.with(propagation.setBaggage(context.active(), baggage), () =>
      createGreeterClient(client, back).hello({ text: "Ada" }),
    );
    expect(answer.text).toBe("Hello Ada");
  });
});

test("when the program has the API but no SDK then calls work and nothing is kept", async () => {
  for (const api of [trace, context, propagation]) api.disable();
  const { client, heard } = await chain();
  await createGreeterClient(client, front).hello({ text: "Ada" });
  await heard;
  expect(exporter.getFinishedSpans()).toEqual([]);
});
