import { brotliCompressSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { jsonCodec, protobufCodec } from "../../../src/runtime/codec/index.ts";
import { MicroError } from "../../../src/runtime/errors/index.ts";
import { Metadata } from "../../../src/runtime/metadata/index.ts";
import { COMPRESSIONS, compressionOf, negotiate } from "../../../src/runtime/protocol/compression.ts";
import { readEndStream, writeEndStream } from "../../../src/runtime/protocol/connect/end-stream.ts";
import { fromConnectError, toConnectError } from "../../../src/runtime/protocol/connect/error-json.ts";
import { readQuery, writeQuery } from "../../../src/runtime/protocol/connect/get-query.ts";
import { formatConnectTimeout, parseConnectTimeout } from "../../../src/runtime/protocol/connect/timeout.ts";
import { decodeRpcStatus, encodeRpcStatus } from "../../../src/runtime/protocol/error-details.ts";
import { frameMessage, MessageReader } from "../../../src/runtime/protocol/framing.ts";
import { Base64Decoder } from "../../../src/runtime/protocol/grpc/base64-decoder.ts";
import { readTrailers, writeTrailers } from "../../../src/runtime/protocol/grpc/web-trailers.ts";

const bytes = fc.uint8Array({ maxLength: 300 });
const grpc = fc.integer({ min: 1, max: 16 });
const detail = fc.record({ type: fc.stringMatching(/^[a-z]{1,8}\.[A-Z][a-z]{1,8}$/), value: bytes });
const same = (one: Uint8Array, other: Uint8Array) => Buffer.compare(one, other) === 0;

/** Cuts bytes at any places. */
function pieces(whole: Uint8Array, cuts: readonly number[]): Buffer[] {
  const at = [0, ...cuts.map((cut) => cut % (whole.length + 1)).sort((a, b) => a - b), whole.length];
  return at.slice(1).map((end, i) => Buffer.from(whole.subarray(at[i], end)));
}
const cuts = fc.array(fc.nat(), { maxLength: 8 });

describe("frames", () => {
  const limits = { maxMessageBytes: 1000, endFlag: 2, errorId: "x" };

  test("when frames are cut anywhere then the same messages and the same end are read", () => {
    fc.assert(
      fc.property(fc.array(bytes, { maxLength: 6 }), bytes, cuts, (messages, end, where) => {
        const wire = Buffer.concat([...messages.map((one) => frameMessage(one)), frameMessage(end, 2)]);
        const reader = new MessageReader({ ...limits, compression: undefined });
        const read: Uint8Array[] = [];
        for (const piece of pieces(wire, where)) {
          reader.push(piece);
          for (let one = reader.next(); one !== undefined; one = reader.next()) read.push(Buffer.from(one));
        }
        expect(read.length).toBe(messages.length);
        expect(read.every((one, i) => same(one, messages[i] as Uint8Array))).toBe(true);
        expect(same(reader.end ?? Buffer.from("none"), end)).toBe(true);
        expect(reader.isInsideFrame).toBe(false);
      }),
    );
  });

  test("when the bytes are anything then a reader gives messages within the limit, or a MicroError", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), cuts, (wire, where) => {
        const reader = new MessageReader({ ...limits, compression: compressionOf("gzip") });
        try {
          for (const piece of pieces(wire, where)) {
            reader.push(piece);
            for (let one = reader.next(); one !== undefined; one = reader.next()) {
              expect(one.length).toBeLessThanOrEqual(1000);
            }
          }
        } catch (error) {
          expect(MicroError.is(error)).toBe(true);
        }
      }),
    );
  });
});

describe("compression", () => {
  test.each(COMPRESSIONS)(
    "when $name compresses then inflating gives the same bytes",
    async ({ compress, inflate }) => {
      await fc.assert(
        fc.asyncProperty(bytes, async (message) => {
          expect(same(inflate(await compress(message), message.length), message)).toBe(true);
        }),
        { numRuns: 30 },
      );
    },
  );

  test.each(COMPRESSIONS)(
    "when bytes are not compressed by $name then inflating fails, and not as too large",
    ({ inflate }) => {
      expect(() => inflate(Buffer.from("no such thing"), 1000)).toThrow();
      expect(() => inflate(Buffer.from("no such thing"), 1000)).not.toThrow(RangeError);
    },
  );

  test.each([
    ["gzip", gzipSync],
    ["br", brotliCompressSync],
  ] as const)("when %s inflates then never beyond the limit", (name, compress) => {
    fc.assert(
      fc.property(fc.nat(5000), fc.nat(5000), (size, limit) => {
        const inflate = () => compressionOf(name)?.inflate(compress(Buffer.alloc(size)), limit);
        if (size <= limit) expect(inflate()?.length).toBe(size);
        else expect(inflate).toThrow(RangeError);
      }),
      { numRuns: 50 },
    );
  });

  test("when it is negotiated then nothing is chosen that the caller did not name, or refused", () => {
    const name = fc.constantFrom("gzip", "br", "identity", "*", "foo", "GZIP");
    const quality = fc.constantFrom("", ";q=1", "; q=0.5", ";q=0", " ; q=0.000");
    fc.assert(
      fc.property(fc.array(fc.tuple(name, quality), { maxLength: 5 }), (entries) => {
        const header = entries.map(([one, q]) => one + q).join(", ");
        const chosen = negotiate(undefined, header)?.name;
        const offered = entries.filter(([, q]) => !/q=0(\.0+)?$/.test(q)).map(([one]) => one);
        if (chosen !== undefined) expect(offered).toContain(chosen);
        else expect(offered.some((one) => one === "gzip" || one === "br")).toBe(false);
      }),
    );
  });
});

describe("what Connect writes in JSON", () => {
  test("when an error is written then it reads back", () => {
    fc.assert(
      fc.property(grpc, fc.string(), fc.array(detail, { maxLength: 3 }), (status, text, details) => {
        const error = new MicroError({ id: "x", code: 500, grpc: status, detail: text, details });
        const back = fromConnectError(JSON.parse(JSON.stringify(toConnectError(error, false))), 500);
        expect([back.grpc, back.detail]).toEqual([status, text]);
        expect(back.details.map(({ type }) => type)).toEqual(details.map(({ type }) => type));
        expect(back.details.every((one, i) => same(one.value, details[i]?.value as Uint8Array))).toBe(true);
      }),
    );
  });

  test("when Micro's own goes along then id, code and status come back, too", () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 999 }), fc.string(), (id, code, text) => {
        const error = new MicroError({ id, code, detail: text });
        const back = fromConnectError(JSON.parse(JSON.stringify(toConnectError(error, true))), undefined);
        expect(back.toJSON()).toEqual(error.toJSON());
      }),
    );
  });

  test("when a peer sends any JSON for an error then it is one of ours", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.option(fc.integer({ min: 100, max: 599 })), (json, status) => {
        const error = fromConnectError(json, status ?? undefined);
        expect(error.grpc).toBeGreaterThan(0);
        expect(typeof error.detail).toBe("string");
      }),
    );
  });

  const name = fc
    .stringMatching(/^[a-z][a-z0-9-]{0,10}$/)
    .filter((one) => !/^(grpc|connect|x-micro)-/.test(one));
  const value = fc.stringMatching(/^[ -~]{0,20}$/);

  test("when a stream ends then its metadata read back, value by value", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constant("x-"), name, value), { maxLength: 6 }), (entries) => {
        const trailer = new Metadata();
        for (const [prefix, rest, one] of entries) trailer.append(prefix + rest, one);
        const end = readEndStream(writeEndStream(undefined, trailer));
        expect(end?.error).toBeUndefined();
        expect([...(end?.trailer ?? [])].sort()).toEqual(
          [...trailer].filter(([one]) => !/^x-micro-/.test(one)).sort(),
        );
      }),
    );
  });

  test("when the last frame is anything then reading it never throws", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          bytes,
          fc.json().map((text) => Buffer.from(text)),
        ),
        (end) => {
          const read = readEndStream(end);
          expect(read === undefined || read.trailer instanceof Metadata).toBe(true);
        },
      ),
    );
  });
});

describe("a message in a URL", () => {
  test.each([jsonCodec, protobufCodec])("when it is written then it reads back", (codec) => {
    fc.assert(
      fc.property(fc.option(fc.constantFrom("gzip", "br")), fc.json(), bytes, (encoding, text, raw) => {
        const message = codec.name === "json" ? Buffer.from(text) : raw;
        const read = readQuery(writeQuery(codec, message, encoding ?? undefined));
        if (typeof read === "string") expect.fail(read);
        expect(same(read.message, message)).toBe(true);
        expect(read.encoding).toBe(encoding ?? "identity");
      }),
    );
  });

  const name = fc.constantFrom("connect", "encoding", "message", "base64", "compression", "x");
  const query = fc
    .array(fc.tuple(name, fc.constantFrom("v1", "json", "1", "%7B%7D", "%zz", "a+b", "")), { maxLength: 6 })
    .map((parameters) => parameters.map((pair) => pair.join("=")).join("&"));

  test("when a query is anything then it is a message or a sentence", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), query), (query) => {
        const read = readQuery(query);
        expect(typeof read === "string" ? read.length : read.message.length).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

test("when a time-out is written then it reads back, rounded up and never longer than ten digits", () => {
  fc.assert(
    fc.property(fc.double({ min: -10, max: 1e12, noNaN: true }), (ms) => {
      const text = formatConnectTimeout(ms);
      expect(parseConnectTimeout(text)).toBe(Math.min(9_999_999_999, Math.max(0, Math.ceil(ms))));
    }),
  );
  fc.assert(
    fc.property(fc.string(), (text) => {
      const ms = parseConnectTimeout(text);
      expect(ms === undefined || String(ms) === text.replace(/^0+(?=\d)/, "")).toBe(true);
    }),
  );
});

describe("gRPC-Web", () => {
  test("when base64 is cut anywhere, each piece padded by itself, then the bytes are the same", () => {
    fc.assert(
      fc.property(bytes, cuts, cuts, (whole, padded, where) => {
        const text = pieces(whole, padded)
          .map((piece) => piece.toString("base64"))
          .join("");
        const decoder = new Base64Decoder();
        const read = pieces(Buffer.from(text), where).map((piece) => decoder.push(piece) as Buffer);
        expect(decoder.isComplete).toBe(true);
        expect(same(Buffer.concat(read), whole)).toBe(true);
      }),
    );
  });

  test("when it is no base64 then that is said, whatever came before", () => {
    fc.assert(
      fc.property(bytes, fc.stringMatching(/^[!-*.:-@[-`{-~]{4}$/), (whole, wrong) => {
        const text = whole.length % 3 === 0 ? Buffer.from(whole).toString("base64") : "";
        expect(new Base64Decoder().push(Buffer.from(text + wrong.replaceAll("=", "!")))).toBeUndefined();
      }),
    );
  });

  test("when trailers are written then they read back", () => {
    const line = fc.tuple(
      fc.stringMatching(/^x-[a-z]{1,5}$/),
      fc.stringMatching(/^(?:[!-~](?:[ -~]{0,8}[!-~])?)?$/),
    );
    fc.assert(
      fc.property(fc.uniqueArray(line, { selector: ([name]) => name, maxLength: 5 }), (lines) => {
        expect({ ...readTrailers(writeTrailers(Object.fromEntries(lines))) }).toEqual(
          Object.fromEntries(lines),
        );
      }),
    );
  });

  test("when a trailer frame is anything then reading it never throws", () => {
    fc.assert(fc.property(bytes, (frame) => void readTrailers(frame)));
  });
});

test("when google.rpc.Status is written then it reads back, and anything else is read without throwing", () => {
  const status = fc.record({ code: grpc, message: fc.string(), details: fc.array(detail, { maxLength: 3 }) });
  fc.assert(
    fc.property(status, (one) => {
      const back = decodeRpcStatus(encodeRpcStatus(one));
      expect([back?.code, back?.message]).toEqual([one.code, one.message]);
      expect(back?.details.map(({ type }) => type)).toEqual(one.details.map(({ type }) => type));
    }),
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        bytes.map((one) => Buffer.from(one).toString("base64")),
      ),
      (text) => void decodeRpcStatus(text),
    ),
  );
});
