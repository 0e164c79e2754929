import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer as createHttp2Server, createSecureServer, type Http2Server } from "node:http2";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createNodeHttp2Engine, type EngineStream, type Http2Engine } from "../../src/runtime/http2/index.ts";
import { createServer, type Server } from "../../src/runtime/server/index.ts";
import { createTcpTransport } from "../../src/runtime/transport/index.ts";
import { createTlsTransport } from "../../src/runtime/transport/tls/index.ts";
import { createAuthority, type Issued } from "../support/certificates.ts";
import { goProgramIn } from "../support/go.ts";

const h2spec = await goProgramIn(
  fileURLToPath(new URL("h2spec", import.meta.url)),
  "github.com/summerwind/h2spec/cmd/h2spec",
  "v2.2.1",
);
const folder = mkdtempSync(join(tmpdir(), "h2spec-report-"));
/**
 * Both answer after the request's last frame. h2spec sends its frames one by one, and the faulty one last: an answer that
 * overtakes it ends the stream, whatever comes on it then is ignored as it should be, and the case fails.
 */
const ANSWER_AFTER_MS = 150;
const bare: Http2Server[] = [];
const ours: Server[] = [];
let certificate: Issued;

beforeAll(() => {
  certificate = createAuthority(folder).issue("h2spec", { names: ["localhost"] });
});
afterAll(async () => {
  for (const server of bare) server.close();
  for (const server of ours) await server.stop({ graceMs: 0 });
  rmSync(folder, { recursive: true, force: true });
  await h2spec.remove();
});

/** What node:http2 makes of it by itself. */
async function startBare(tls: boolean): Promise<number> {
  const { certFile, keyFile } = certificate;
  const server = tls
    ? createSecureServer({ cert: readFileSync(certFile), key: readFileSync(keyFile) })
    : createHttp2Server();
  server.on("stream", (stream) => {
    stream.on("error", () => {});
    setTimeout(() => {
      if (stream.destroyed) return;
      stream.respond({ ":status": 200 });
      stream.end("ok");
    }, ANSWER_AFTER_MS);
  });
  server.on("sessionError", () => {});
  bare.push(server as Http2Server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

/** Our engine, each of whose answers, refusals too, starts later by the same time. */
function createLateEngine(): Http2Engine {
  const engine = createNodeHttp2Engine();
  // Timers of one length fire in the order they were set.
  const later = (send: () => void) => void setTimeout(send, ANSWER_AFTER_MS);
  const late = (stream: EngineStream): EngineStream => ({
    sendHeaders: (headers, end) => later(() => stream.sendHeaders(headers, end)),
    sendData(bytes, end) {
      later(() => stream.sendData(bytes, end));
      return true;
    },
    sendTrailers: (trailers, last) => later(() => stream.sendTrailers(trailers, last)),
    reset: (code) => later(() => stream.reset(code)),
    pause: () => stream.pause(),
    resume: () => stream.resume(),
  });
  return {
    ...engine,
    accept: (connection, handler, limits) =>
      engine.accept(
        connection,
        {
          onStream: (stream, headers, ended) => handler.onStream(late(stream), headers, ended),
          onClose: () => handler.onClose(),
        },
        limits,
      ),
  };
}

async function startOurs(tls: boolean): Promise<number> {
  const transport = tls ? createTlsTransport({ server: certificate }) : createTcpTransport();
  const server = createServer({
    name: "h2spec",
    address: "127.0.0.1:0",
    transport,
    http2: createLateEngine(),
    pages: { "/page": () => ({ httpStatus: 200, contentType: "text/plain", body: "ok" }) },
    logger: { error() {} },
  });
  ours.push(server);
  await server.start();
  return Number(server.address?.split(":")[1]);
}

interface Report {
  readonly cases: number;
  /** `http2/5.1: closed: Sends a DATA frame`. */
  readonly failed: string[];
}

/** h2spec tells by JUnit: `<testcase package="http2/5.1" classname="title"><failure>`. */
async function examine(port: number, tls: boolean): Promise<Report> {
  const file = join(folder, `${port}.xml`);
  const args = ["-p", String(port), "-P", "/page", "-o", "3", "-j", file, ...(tls ? ["-t", "-k"] : [])];
  // Exit code 1 is "something failed", which the report tells better.
  await new Promise((resolve) => {
    execFile(h2spec.path as string, args, { maxBuffer: 1 << 24, timeout: 240_000 }, resolve);
  });
  const cases = [
    ...readFileSync(file, "utf8").matchAll(
      /<testcase package="([^"]*)" classname="([^"]*)"[^>]*>(.*?)<\/testcase>/gs,
    ),
  ];
  const failed = cases.filter(([, , , body]) => /<(failure|error)/.test(body ?? ""));
  return { cases: cases.length, failed: failed.map(([, section, title]) => `${section}: ${title}`).sort() };
}

describe.skipIf(h2spec.path === undefined)(h2spec.name, () => {
  test.each([
    ["plain text", false],
    ["TLS", true],
  ])("over %s our server fails nothing that node:http2 passes", async (_, tls) => {
    const reference = await examine(await startBare(tls), tls);
    const { cases, failed } = await examine(await startOurs(tls), tls);
    console.log(`${cases} cases; node:http2 fails ${reference.failed.length}, ours ${failed.length}`);
    expect(cases).toBeGreaterThan(140);
    expect(cases).toBe(reference.cases);
    const more = failed.filter((one) => !reference.failed.includes(one));
    expect(more).toEqual([]);
  });
});
