// The server under test of the Connect conformance suite: starts as a message on stdin asks, and serves until it is stopped.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createServer, createTcpTransport, errorCodeOfGrpc, MicroError } from "@micro-service/runtime";
import { anyPack, typeRegistry } from "@micro-service/runtime/protobuf";
import {
  addHeaders,
  ConformanceService,
  server as compat,
  readMessages,
  service,
  toHeaders,
  writeMessage,
} from "./messages.js";

const { ConformancePayload_RequestInfo: RequestInfo } = service;

/** What a request looked like from here. */
function requestInfo(context, type, requests) {
  const { deadline, metadata } = context;
  return {
    requestHeaders: toHeaders(metadata),
    timeoutMs: deadline === undefined ? undefined : BigInt(Math.max(0, Math.round(deadline - Date.now()))),
    requests: requests.map((request) => anyPack(type, request)),
  };
}

/** The error that a definition asks for; `info` goes with it when nothing has been answered yet. */
function errorOf({ code, message, details }, info) {
  const all = info === undefined ? details : [...details, anyPack(RequestInfo, info)];
  return new MicroError({
    id: "conformance",
    code: errorCodeOfGrpc(code).code,
    grpc: code,
    detail: message ?? "",
    details: all.map(({ typeUrl, value }) => ({ type: typeUrl.split("/").at(-1), value })),
  });
}

async function answerOnce(context, type, requests) {
  const info = requestInfo(context, type, requests);
  const definition = requests[0]?.responseDefinition;
  if (definition === undefined) return { payload: { requestInfo: info } };
  addHeaders(context.responseHeader, definition.responseHeaders);
  addHeaders(context.responseTrailer, definition.responseTrailers);
  if (definition.responseDelayMs > 0) await sleep(definition.responseDelayMs);
  if (definition.response?.case === "error") throw errorOf(definition.response.value, info);
  return { payload: { requestInfo: info, data: definition.response?.value } };
}

function begin(context, definition) {
  addHeaders(context.responseHeader, definition?.responseHeaders ?? []);
  addHeaders(context.responseTrailer, definition?.responseTrailers ?? []);
}

async function* answerAll(context, type, requests, definition) {
  const info = requestInfo(context, type, requests);
  begin(context, definition);
  let first = true;
  for (const data of definition?.responseData ?? []) {
    if (definition.responseDelayMs > 0) await sleep(definition.responseDelayMs);
    yield { payload: { data, ...(first ? { requestInfo: info } : {}) } };
    first = false;
  }
  if (definition?.error !== undefined) throw errorOf(definition.error, first ? info : undefined);
}

const handler = {
  unary: (request, context) => answerOnce(context, service.UnaryRequest, [request]),
  idempotentUnary: (request, context) => answerOnce(context, service.IdempotentUnaryRequest, [request]),
  unimplemented() {
    throw new MicroError({ id: "conformance", code: 501, detail: "not here" });
  },
  async clientStream(requests, context) {
    const all = [];
    for await (const request of requests) all.push(request);
    return answerOnce(context, service.ClientStreamRequest, all);
  },
  serverStream: (request, context) =>
    answerAll(context, service.ServerStreamRequest, [request], request.responseDefinition),
  async *bidiStream(requests, context) {
    const type = service.BidiStreamRequest;
    const all = [];
    let definition;
    let sent = 0;
    for await (const request of requests) {
      all.push(request);
      if (all.length === 1) {
        definition = request.responseDefinition;
        if (request.fullDuplex) begin(context, definition);
      }
      if (!all[0].fullDuplex) continue;
      const data = definition?.responseData[sent];
      if (data === undefined) break;
      if (definition.responseDelayMs > 0) await sleep(definition.responseDelayMs);
      const seen =
        sent === 0 ? requestInfo(context, type, [request]) : { requests: [anyPack(type, request)] };
      yield { payload: { data, requestInfo: seen } };
      sent += 1;
    }
    if (all[0]?.fullDuplex !== true) yield* answerAll(context, type, all, definition);
    else {
      for (const data of definition?.responseData.slice(sent) ?? []) {
        if (definition.responseDelayMs > 0) await sleep(definition.responseDelayMs);
        yield { payload: { data } };
        sent += 1;
      }
      if (definition?.error !== undefined) {
        throw errorOf(definition.error, sent === 0 ? requestInfo(context, type, all.slice(-1)) : undefined);
      }
    }
  },
};

const types = typeRegistry(...Object.values(service).filter((value) => typeof value?.typeName === "string"));
const folder = mkdtempSync(join(tmpdir(), "connect-conformance-"));
process.on("SIGTERM", () => process.exit(0));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

function pemFile(name, pem) {
  const path = join(folder, name);
  writeFileSync(path, pem);
  return path;
}

async function transportFor({ useTls, serverCreds, clientTlsCert }) {
  if (!useTls) return createTcpTransport();
  const { createTlsTransport } = await import("../../../src/runtime/dist/transport/tls/index.js");
  return createTlsTransport({
    server: {
      certFile: pemFile("cert.pem", serverCreds.cert),
      keyFile: pemFile("key.pem", serverCreds.key),
      ...(clientTlsCert.length === 0 ? {} : { clientCaFile: pemFile("ca.pem", clientTlsCert) }),
    },
  });
}

for await (const request of readMessages(process.stdin, compat.ServerCompatRequest)) {
  const running = createServer({
    name: "conformance",
    address: "127.0.0.1:0",
    transport: await transportFor(request),
    types,
    maxMessageBytes: request.messageReceiveLimit === 0 ? undefined : request.messageReceiveLimit,
  });
  running.handle(ConformanceService, handler);
  await running.start();
  const [host, port] = running.address.split(":");
  await writeMessage(process.stdout, compat.ServerCompatResponse, {
    host,
    port: Number(port),
    pemCert: request.useTls ? request.serverCreds.cert : new Uint8Array(0),
  });
}
