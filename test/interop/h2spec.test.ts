import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer as createHttp2Server, createSecureServer, type Http2Server } from "node:http2";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
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
    stream.respond({ ":status": 200 });
    stream.end("ok");
  });
  server.on("sessionError", () => {});
  bare.push(server as Http2Server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

async function startOurs(tls: boolean): Promise<number> {
  const transport = tls ? createTlsTransport({ server: certificate }) : createTcpTransport();
  // Answered after the request's last frame: an answer that overtakes it ends the stream, and the frame's fault with it.
  const page = async () => {
    await sleep(150);
    return { httpStatus: 200, contentType: "text/plain", body: "ok" };
  };
  const server = createServer({
    name: "h2spec",
    address: "127.0.0.1:0",
    transport,
    pages: { "/page": page },
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
