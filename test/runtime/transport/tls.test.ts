import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect as tcpConnect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { type ConnectionOptions, type TLSSocket, connect as tlsConnect } from "node:tls";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import {
  createTcpTransport,
  type Listener,
  provenNames,
  type Transport,
} from "../../../src/runtime/transport/index.ts";
import { explainTls } from "../../../src/runtime/transport/tls/explain.ts";
import { createTlsTransport, type TlsTransportOptions } from "../../../src/runtime/transport/tls/index.ts";
import { type Authority, createAuthority, type Issued } from "../../support/certificates.ts";

const SERVICE = "go.micro.srv.greeter";
const RELOAD_MS = 20;
let folder: string;
let authority: Authority;
let greeter: Issued;
const closers: (() => void | Promise<void>)[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "tls-"));
  authority = createAuthority(folder);
  greeter = authority.issue(SERVICE, { names: [SERVICE] });
});

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function listen(transport: Transport, onConnection: (connection: Duplex) => void = () => {}) {
  const listener: Listener = await transport.listen("127.0.0.1:0", (connection) => {
    closers.push(() => void connection.destroy());
    onConnection(connection);
  });
  closers.push(() => listener.close());
  return listener.address;
}

const serverOf = (issued: Issued, options: Partial<TlsTransportOptions> & { clientCaFile?: string } = {}) =>
  createTlsTransport({
    server: { ...issued, clientCaFile: options.clientCaFile },
    reloadIntervalMs: RELOAD_MS,
    ...options,
  });

const clientOf = (client: TlsTransportOptions["client"], options: Partial<TlsTransportOptions> = {}) =>
  createTlsTransport({ client, reloadIntervalMs: RELOAD_MS, ...options });

async function dial(transport: Transport, address: string, service: string | undefined = SERVICE) {
  const connection = (await transport.dial(address, { service, timeoutMs: 5000 })) as TLSSocket;
  closers.push(() => void connection.destroy());
  return connection;
}

/** A client of node:tls that believes everything, to see what a server shows. */
function look(address: string, options: ConnectionOptions = {}): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const port = Number(address.split(":")[1]);
    const socket = tlsConnect({ host: "127.0.0.1", port, rejectUnauthorized: false, ...options });
    closers.push(() => void socket.destroy());
    socket.once("secureConnect", () => resolve(socket));
    socket.once("error", reject);
    socket.once("close", () => reject(new Error("closed")));
  });
}

describe("a service that is called by name", () => {
  test("when it proves to be that service then bytes go both ways, under TLS 1.2 or newer", async () => {
    const address = await listen(serverOf(greeter), (connection) => connection.pipe(connection));
    const connection = await dial(clientOf({ caFile: authority.caFile }), address);
    expect(connection.getProtocol()).toBe("TLSv1.3");
    expect(connection.alpnProtocol).toBe("h2");
    connection.write("hello");
    const chunk = await new Promise<Buffer>((resolve) => connection.once("data", resolve));
    expect(chunk.toString()).toBe("hello");
  });

  test.each([
    ["a wildcard for one element", { names: ["*.micro.srv.greeter"] }],
    ["a SPIFFE ID that ends in its name", { uris: [`spiffe://example.org/ns/shop/${SERVICE}`] }],
  ])("when its certificate is for %s then it is believed", async (_, claims) => {
    const address = await listen(serverOf(authority.issue("other-form", claims)));
    await dial(clientOf({ caFile: authority.caFile }), address);
  });

  test.each([
    [
      "another service",
      { names: ["go.micro.srv.other"] },
      /for go\.micro\.srv\.other, not for go\.micro\.srv\.greeter/,
    ],
    [
      "the address only",
      { addresses: ["127.0.0.1"] },
      /is for nobody by name, not for go\.micro\.srv\.greeter/,
    ],
    [
      "a SPIFFE ID whose domain is its name",
      { uris: [`spiffe://${SERVICE}`] },
      /not for go\.micro\.srv\.greeter/,
    ],
    ["a web address that ends in its name", { uris: [`https://example.org/${SERVICE}`] }, /not for/],
    ["names that hide it behind a separator", { uris: [`spiffe://a/x, DNS:${SERVICE}`] }, /not for/],
  ])("when its certificate is for %s then it is refused and told why", async (_, claims, message) => {
    const address = await listen(serverOf(authority.issue("wrong", claims)));
    await expect(dial(clientOf({ caFile: authority.caFile }), address)).rejects.toThrow(message);
  });

  test("when its certificate has expired then it is refused", async () => {
    const issued = authority.issue("short", { names: [SERVICE], validForMs: 1500 });
    const address = await listen(serverOf(issued, { reloadIntervalMs: 3_600_000 }));
    await vi.waitFor(
      () => expect(dial(clientOf({ caFile: authority.caFile }), address)).rejects.toThrow(/has expired/),
      { timeout: 5000, interval: 100 },
    );
  });

  test("when nobody we trust signed its certificate then the error names the option", async () => {
    const stranger = createAuthority(folder, "stranger").issue("stranger-greeter", { names: [SERVICE] });
    const address = await listen(serverOf(stranger));
    await expect(dial(clientOf({ caFile: authority.caFile }), address)).rejects.toThrow(
      /--client_tls_ca_file/,
    );
  });

  test("when it does not speak TLS then the error says so", async () => {
    const address = await listen(createTcpTransport(), (connection) =>
      connection.end("HTTP/1.1 400 \r\n\r\n"),
    );
    await expect(dial(clientOf({ caFile: authority.caFile }), address)).rejects.toThrow(/does not speak TLS/);
  });

  test("when only its address is known then the certificate must be for that host", async () => {
    const address = await listen(serverOf(authority.issue("by-host", { addresses: ["127.0.0.1"] })));
    const transport = clientOf({ caFile: authority.caFile });
    const connection = await transport.dial(address, {});
    connection.destroy();
    const other = await listen(serverOf(greeter));
    await expect(transport.dial(other, {})).rejects.toThrow(/127\.0\.0\.1/);
  });

  test("when verification is switched off then anybody is believed, and that is said", async () => {
    const stranger = createAuthority(folder, "anybody").issue("anybody-greeter", { names: ["who.knows"] });
    const address = await listen(serverOf(stranger));
    const lines: string[] = [];
    await dial(clientOf({ insecureSkipVerify: true }, { onProblem: (line) => lines.push(line) }), address);
    expect(lines).toEqual([expect.stringContaining("NOT verified")]);
  });
});

describe("a service that demands certificates of its callers", () => {
  test("when the caller has one then the service learns its proven names", async () => {
    const caller = authority.issue("caller", {
      names: ["go.micro.web.shop"],
      uris: ["spiffe://example.org/shop"],
    });
    let names: readonly string[] = [];
    const server = serverOf(greeter, { clientCaFile: authority.caFile });
    const address = await listen(server, (connection) => {
      names = provenNames(connection);
      connection.write("hi");
    });
    const connection = await dial(clientOf({ caFile: authority.caFile, ...caller }), address);
    await new Promise((resolve) => connection.once("data", resolve));
    expect(names).toEqual(["go.micro.web.shop", "spiffe://example.org/shop"]);
  });

  test("when the caller has none then it is refused and told what to do", async () => {
    const refused = await refusal({});
    expect(refused).toMatchObject({ message: expect.stringContaining("--client_tls_cert_file") });
  });

  test.each<[string, () => Issued]>([
    [
      "of another authority",
      () => createAuthority(folder, "foreign").issue("foreign-caller", { names: ["a"] }),
    ],
    ["that expired", () => authority.issue("late-caller", { names: ["a"], validForMs: -1000 })],
  ])("when the caller has one %s then it is refused", async (_, issue) => {
    await refusal(issue());
  });

  /** What the caller hears; nothing of it may have reached the service. */
  async function refusal(files: Partial<Issued>): Promise<Error | undefined> {
    let accepted = 0;
    const server = serverOf(greeter, { clientCaFile: authority.caFile });
    const address = await listen(server, () => {
      accepted += 1;
    });
    const connection = await look(address, {
      ca: readFileSync(authority.caFile),
      ...(files.certFile === undefined ? {} : { cert: readFileSync(files.certFile) }),
      ...(files.keyFile === undefined ? {} : { key: readFileSync(files.keyFile) }),
    });
    connection.on("error", explainTls);
    const heard = new Promise<Error | undefined>((resolve) => {
      connection.on("error", resolve);
      connection.on("close", () => resolve(undefined));
    });
    connection.resume();
    const error = await heard;
    expect(accepted).toBe(0);
    return error;
  }
});

describe("certificates on disk", () => {
  test("when they are replaced then new connections use them and open ones live on", async () => {
    const first = authority.issue("rotating", { names: [SERVICE, "first"] });
    const address = await listen(serverOf(first), (connection) => connection.pipe(connection));
    const before = await dial(clientOf({ caFile: authority.caFile }), address);
    authority.issue("rotating", { names: [SERVICE, "second"] });
    await vi.waitFor(async () => {
      const shown = (await look(address)).getPeerCertificate().subjectaltname;
      expect(shown).toContain("second");
    }, 5000);
    before.write("still here");
    const chunk = await new Promise<Buffer>((resolve) => before.once("data", resolve));
    expect(chunk.toString()).toBe("still here");
  });

  test("when half of a new pair is there then the old one is used and the problem is told once", async () => {
    const issued = authority.issue("halfway", { names: [SERVICE, "old"] });
    const lines: string[] = [];
    const address = await listen(serverOf(issued, { onProblem: (line) => lines.push(line) }));
    const other = authority.issue("halfway-next", { names: [SERVICE, "new"] });
    writeFileSync(issued.certFile, readFileSync(other.certFile));
    await vi.waitFor(() => expect(lines).toHaveLength(1), 5000);
    expect(lines[0]).toMatch(/halfway\.pem.*no certificates that fit together/);
    expect((await look(address)).getPeerCertificate().subjectaltname).toContain("old");
    writeFileSync(issued.keyFile, readFileSync(other.keyFile));
    await vi.waitFor(async () => {
      expect((await look(address)).getPeerCertificate().subjectaltname).toContain("new");
    }, 5000);
    expect(lines).toHaveLength(1);
  });

  test("when the authorities change then the client believes the new ones", async () => {
    const next = createAuthority(folder, "next-ca");
    const address = await listen(serverOf(next.issue("next-greeter", { names: [SERVICE] })));
    const bundle = join(folder, "bundle.pem");
    writeFileSync(bundle, readFileSync(authority.caFile));
    const transport = clientOf({ caFile: bundle });
    await expect(dial(transport, address)).rejects.toThrow(/signed by nobody we trust/);
    writeFileSync(bundle, Buffer.concat([readFileSync(authority.caFile), readFileSync(next.caFile)]));
    await vi.waitFor(() => dial(transport, address), 5000);
  });

  test.each<[string, () => Partial<Issued>, RegExp]>([
    ["is missing", () => ({ certFile: join(folder, "nowhere.pem") }), /nowhere\.pem: cannot be read/],
    ["is no certificate", () => ({ certFile: greeter.keyFile }), /not a certificate in PEM form/],
    ["has expired", () => authority.issue("expired", { names: [SERVICE], validForMs: -1000 }), /expired on/],
    [
      "belongs to another key",
      () => ({ keyFile: authority.issue("unrelated", { names: ["x"] }).keyFile }),
      /no certificates that fit together/,
    ],
  ])("when one %s then listening fails and names the file", async (_, files, message) => {
    await expect(listen(serverOf({ ...greeter, ...files() }))).rejects.toThrow(message);
  });

  test("when there is none then listening says which options give it", async () => {
    await expect(listen(clientOf({}))).rejects.toThrow(/--tls_cert_file and --tls_key_file/);
  });
});

describe("a hostile peer of a TLS listener", () => {
  test.each<[string, ConnectionOptions]>([
    ["TLS 1.0", { minVersion: "TLSv1", maxVersion: "TLSv1", ciphers: "DEFAULT@SECLEVEL=0" }],
    ["TLS 1.1", { minVersion: "TLSv1.1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" }],
    ["a protocol nobody knows", { ALPNProtocols: ["spdy/9"] }],
  ])("when it offers only %s then it is refused", async (_, options) => {
    const address = await listen(serverOf(greeter));
    await expect(look(address, options)).rejects.toThrow();
  });

  test("when it speaks no TLS then it is cut off and others are served", async () => {
    let accepted = 0;
    const address = await listen(serverOf(greeter), () => {
      accepted += 1;
    });
    const port = Number(address.split(":")[1]);
    const socket = tcpConnect(port, "127.0.0.1", () => socket.write("POST / HTTP/1.1\r\n\r\n"));
    closers.push(() => void socket.destroy());
    socket.resume();
    await new Promise((resolve) => socket.on("error", resolve).on("close", resolve));
    expect(accepted).toBe(0);
    await dial(clientOf({ caFile: authority.caFile }), address);
  });
});
