import { readdirSync, readFileSync } from "node:fs";
import { duplexPair } from "node:stream";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MicroError } from "../../../src/runtime/errors/index.ts";
import { ReadAhead } from "../../../src/runtime/http1/index.ts";
import { Metadata } from "../../../src/runtime/metadata/index.ts";
import { decodeEvent } from "../../../src/runtime/protocol/event-codec.ts";
import { decodeGrpcMessage, encodeGrpcMessage } from "../../../src/runtime/protocol/grpc/percent.ts";
import { codecOfGrpc } from "../../../src/runtime/protocol/grpc/request.ts";
import { readStatus, writeStatus } from "../../../src/runtime/protocol/grpc/status.ts";
import {
  formatGrpcTimeout,
  parseGrpcTimeout,
  parseMicroTimeout,
} from "../../../src/runtime/protocol/grpc/timeout.ts";
import {
  addMetadata,
  isReservedName,
  metadataFromHeaders,
} from "../../../src/runtime/protocol/metadata-wire.ts";
import { pushbackHeaders, withPushback } from "../../../src/runtime/protocol/pushback.ts";
import { sniffWire, type Wire } from "../../../src/runtime/transport/index.ts";
import { checkService, namesOf } from "../../../src/runtime/transport/tls/identity.ts";
import { HelloMessage } from "./greeter.ts";

const headerName = fc.stringMatching(/^[a-z][a-z0-9-]{0,12}$/);
const headerValue = fc.stringMatching(/^[ -~]{0,30}$/);

describe("every function that reads what a peer sent", () => {
  /** Those whose input is no peer's. mucp has tests of its own. */
  const NO_PARSERS = new Set([
    "isKnownEncoding",
    "fromConnectError", // see toConnectError: one property for both
    // Marks of our own on errors, and questions about our own settings.
    "isGivenUp",
    "isNodeFailure",
    "isUnsent",
    "isRefused",
    "isConnectQuery",
    "readsMicroDetail",
  ]);

  test("has a property test", () => {
    const sources = ["protocol", "transport", "http1", "http2", "server"].flatMap((room) => {
      const folder = fileURLToPath(new URL(`../../../src/runtime/${room}/`, import.meta.url));
      return readdirSync(folder, { recursive: true, encoding: "utf8" })
        .filter((file) => file.endsWith(".ts") && !file.startsWith("mucp/"))
        .map((file) => readFileSync(folder + file, "utf8"));
    });
    const parsers = sources
      .flatMap((text) => [
        ...text.matchAll(/^export function ((?:parse|read|decode|from|is|negotiate|sniff)\w*)/gm),
      ])
      .map(([, name]) => name as string)
      .filter((name) => !NO_PARSERS.has(name));
    expect(parsers).toContain("parseGrpcTimeout");
    const tests = ["parsers.test.ts", "parsers-grpc.test.ts"].map((file) =>
      readFileSync(new URL(file, import.meta.url), "utf8"),
    );
    const used = tests.join("").replace(/^import[\s\S]*?;$/gm, "");
    expect(parsers.filter((name) => !used.includes(`${name}(`))).toEqual([]);
  });
});

describe("gRPC's headers", () => {
  test("when a time-out is written then it reads back, never shorter, and in eight digits", () => {
    fc.assert(
      fc.property(fc.double({ min: -10, max: 3.5e14, noNaN: true }), (ms) => {
        const text = formatGrpcTimeout(ms);
        expect(text).toMatch(/^\d{1,8}[mSH]$/);
        const read = parseGrpcTimeout(text) as number;
        expect(read).toBeGreaterThanOrEqual(Math.max(0, ms));
        expect(read).toBeLessThanOrEqual(Math.max(0, ms) * 1.1 + 1);
      }),
    );
  });

  test("when a time-out is anything then it is a number of milliseconds, or none", () => {
    const likely = fc
      .tuple(fc.nat(999_999_999), fc.constantFrom("m", "S", "H", "x", ""))
      .map(([n, unit]) => n + unit);
    fc.assert(
      fc.property(fc.oneof(fc.string(), likely), (text) => {
        for (const ms of [parseGrpcTimeout(text), parseMicroTimeout(text)]) {
          expect(ms === undefined || (Number.isFinite(ms) && ms >= 0)).toBe(true);
        }
        expect(parseGrpcTimeout(text) === undefined).toBe(!/^\d{1,8}[HMSmun]$/.test(text));
      }),
    );
  });

  test("when a message is written then it is printable ASCII, and reads back", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const whole = Buffer.from(text).toString(); // lone surrogates have no UTF-8
        const written = encodeGrpcMessage(whole);
        expect(written).toMatch(/^[ -~]*$/);
        expect(decodeGrpcMessage(written)).toBe(whole);
      }),
    );
  });

  test("when a message is anything, cut or wrongly encoded, then it is some text", () => {
    const pieces = fc.array(fc.constantFrom("%", "%4", "%41", "%zz", "%FF", "a", "é"), { maxLength: 8 });
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          pieces.map((some) => some.join("")),
        ),
        (text) => {
          expect(decodeGrpcMessage(text).length).toBeLessThanOrEqual(text.length);
        },
      ),
    );
  });

  test("when a status is written then every kind of caller reads it back", () => {
    const codes = fc.tuple(
      fc.string(),
      fc.integer({ min: 400, max: 599 }),
      fc.string({ minLength: 1, maxLength: 200 }),
    );
    fc.assert(
      fc.property(codes, ([id, code, detail]) => {
        const error = new MicroError({ id, code, detail: Buffer.from(detail).toString() });
        const trailers: Record<string, string> = {};
        writeStatus(trailers, error, { "user-agent": "micro-service-ts/1" });
        const read = readStatus(trailers);
        expect([read?.grpc, read?.detail]).toEqual([error.grpc, error.detail]);
      }),
    );
  });

  test("when trailers are anything then they are an error of ours, or none", () => {
    const trailers = fc.record(
      {
        "grpc-status": fc.oneof(fc.string(), fc.integer().map(String)),
        "grpc-message": fc.string(),
        "grpc-status-details-bin": fc.oneof(fc.string(), fc.base64String()),
        "grpc-retry-pushback-ms": fc.string(),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(trailers, (some) => {
        const error = readStatus(some);
        expect(error === undefined).toBe(some["grpc-status"] === "0");
        expect(error === undefined || (MicroError.is(error) && error.grpc >= 1 && error.grpc <= 16)).toBe(
          true,
        );
      }),
    );
  });

  test("when a content type is anything then it names a codec, or none", () => {
    const base = "application/grpc";
    const rest = fc.constantFrom(
      "",
      "+proto",
      "+json",
      "+JSON; charset=utf-8",
      "+",
      "+x",
      "+constructor",
      "+__proto__",
      "; a=b",
    );
    fc.assert(
      fc.property(fc.oneof(rest, fc.string()), (end) => {
        expect(["proto", "json", undefined]).toContain(codecOfGrpc(base + end, base)?.name);
      }),
    );
  });

  test("when a peer says when to come again then it is a time within an hour, or never", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("grpc-retry-pushback-ms", "retry-after"),
        fc.oneof(fc.string(), fc.integer().map(String)),
        (name, text) => {
          const { retryAfterMs } = withPushback(new MicroError({ id: "x", code: 503, detail: "" }), {
            [name]: text,
          });
          expect(
            retryAfterMs === undefined ||
              retryAfterMs === -1 ||
              (retryAfterMs >= 0 && retryAfterMs <= 3_600_000),
          ).toBe(true);
        },
      ),
    );
    fc.assert(
      fc.property(fc.double({ min: -5, max: 1e9, noNaN: true }), (retryAfterMs) => {
        const error = new MicroError({ id: "x", code: 503, detail: "", retryAfterMs });
        const read = withPushback(
          new MicroError({ id: "x", code: 503, detail: "" }),
          pushbackHeaders(error, false),
        );
        expect(read.retryAfterMs).toBe(
          retryAfterMs < 0 ? -1 : Math.min(3_600_000, Math.ceil(retryAfterMs) + 0),
        );
      }),
    );
  });
});

describe("metadata in headers", () => {
  test("when it is written then it reads back, all values of a name in one, and nothing reserved", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(headerName, headerValue), { maxLength: 8 }), (entries) => {
        const metadata = new Metadata();
        for (const [name, value] of entries) if (!name.endsWith("-bin")) metadata.append(name, value);
        const headers: Record<string, string> = {};
        addMetadata(headers, metadata);
        expect(Object.keys(headers).filter((name) => isReservedName(name))).toEqual([]);
        const read = metadataFromHeaders(headers);
        for (const [name] of entries) {
          const kept =
            name.endsWith("-bin") || isReservedName(name) ? [] : [metadata.getAll(name).join(", ")];
          expect(read.getAll(name)).toEqual(kept);
        }
      }),
    );
  });

  test("when bytes are written then they read back", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 50 }), (value) => {
        const headers: Record<string, string> = {};
        addMetadata(headers, new Metadata().setBinary("x-bin", value));
        expect([...(metadataFromHeaders(headers).getBinary("x-bin") ?? [])]).toEqual([...value]);
      }),
    );
  });

  test("when headers are anything then reading them never throws", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.array(fc.string()))), (headers) => {
        expect(metadataFromHeaders(headers)).toBeInstanceOf(Metadata);
      }),
    );
  });
});

test("when an event is anything then it is a message, or an error that says why not", () => {
  const type = fc.constantFrom(
    "application/json",
    "application/protobuf",
    "application/grpc+json",
    "text/plain",
    "",
  );
  fc.assert(
    fc.property(
      type,
      fc.oneof(
        fc.uint8Array(),
        fc.json().map((text) => Buffer.from(text)),
      ),
      (contentType, body) => {
        try {
          decodeEvent(HelloMessage, { header: { "Content-Type": contentType }, body });
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
        }
      },
    ),
  );
});

describe("the first bytes of a connection", () => {
  const start = fc.constantFrom(
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "POST / HTTP/1.1\r\nMicro-Id: 1\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: x\r\n\r\n",
    "GET /a HTTP/1.1\r\n\r\n",
    "PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n",
  );

  test("when they are cut anywhere then the wire is the same, and no byte is lost", async () => {
    await fc.assert(
      fc.asyncProperty(start, fc.array(fc.nat(60), { maxLength: 5 }), async (text, cuts) => {
        const wires: (Wire | undefined)[] = [];
        for (const at of [[], cuts]) {
          const [near, far] = duplexPair();
          let seen = "";
          let wire: Wire | undefined;
          const done = new Promise((resolve) => far.on("close", resolve));
          sniffWire(far, (which, connection) => {
            wire = which;
            connection.on("data", (chunk: Buffer) => {
              seen += chunk.toString("latin1");
              if (seen.length === text.length) connection.destroy();
            });
          });
          const places = [0, ...at.map((cut) => cut % text.length).sort((a, b) => a - b), text.length];
          for (const [i, end] of places.slice(1).entries()) {
            near.write(Buffer.from(text.slice(places[i], end), "latin1"));
            await new Promise(setImmediate);
          }
          await done;
          wires.push(wire);
          expect(wire === undefined ? "" : seen).toBe(wire === undefined ? "" : text);
        }
        expect(wires[0]).toBe(wires[1]);
      }),
      { numRuns: 40 },
    );
  });
});

test("when a reader falls behind now and then then it gets every byte in order, and then the end", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(400_000), { maxLength: 8 }),
      fc.array(fc.boolean()),
      async (sizes, pauses) => {
        const [near, far] = duplexPair();
        let came = 0;
        let isBehind = false;
        let index = 0;
        const done = new Promise<void>((resolve) => {
          const reader = new ReadAhead(
            far,
            (chunk) => {
              expect(isBehind).toBe(false);
              expect(chunk.every((byte, i) => byte === (came + i) % 251)).toBe(true);
              came += chunk.length;
              if (pauses[index++ % (pauses.length || 1)] !== true) return;
              isBehind = true;
              reader.pause();
              setImmediate(() => {
                isBehind = false;
                reader.resume();
              });
            },
            () => {
              expect(isBehind).toBe(false);
              resolve();
            },
          );
        });
        const total = sizes.reduce((sum, size) => sum + size, 0);
        const whole = Buffer.from(Uint8Array.from({ length: total }, (_, i) => i % 251));
        let at = 0;
        for (const size of sizes) {
          near.write(whole.subarray(at, at + size));
          at += size;
        }
        near.end();
        await done;
        expect(came).toBe(total);
      },
    ),
    { numRuns: 20 },
  );
});

describe("the names of a certificate", () => {
  test("when its list of names is anything then no name holds what separates names", () => {
    const entry = fc.constantFrom(
      "DNS:a.b",
      "URI:spiffe://x/go.micro.srv.a",
      'DNS:"a, DNS:b"',
      "IP Address:1.2.3.4",
      "DNS:",
      "DNS:a b",
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(entry).map((all) => all.join(", ")),
        ),
        (subjectaltname) => {
          for (const name of namesOf({ subjectaltname })) expect(name).toMatch(/^[^"\s\\]+$/);
        },
      ),
    );
  });

  test("when a name only looks like the service's then the certificate is refused", () => {
    const service = "go.micro.srv.greeter";
    fc.assert(
      fc.property(
        fc.stringMatching(/^[a-z.-]{0,6}$/),
        fc.stringMatching(/^[a-z.-]{0,6}$/),
        (before, after) => {
          fc.pre(before + after !== "" && before + after !== "."); // an absolute name means the same
          const subjectaltname = `DNS:${before}${service}${after}`;
          expect(checkService(service, { subject: {}, subjectaltname } as never)).toBeInstanceOf(Error);
        },
      ),
    );
  });
});
