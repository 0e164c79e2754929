import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { MicroError } from "../../../../src/runtime/errors/index.ts";
import type { HeaderBlock } from "../../../../src/runtime/http2/index.ts";
import { compressionOf } from "../../../../src/runtime/protocol/compression.ts";
import {
  decodeRpcStatus,
  encodeRpcStatus,
  microDetail,
  splitMicroDetail,
  USER_AGENT,
} from "../../../../src/runtime/protocol/error-details.ts";
import { frameMessage, MessageReader } from "../../../../src/runtime/protocol/framing.ts";
import { decodeGrpcMessage, encodeGrpcMessage } from "../../../../src/runtime/protocol/grpc/percent.ts";
import { errorOfHttpStatus, readStatus, writeStatus } from "../../../../src/runtime/protocol/grpc/status.ts";
import {
  formatGrpcTimeout,
  parseGrpcTimeout,
  parseMicroTimeout,
} from "../../../../src/runtime/protocol/grpc/timeout.ts";

describe("time-outs", () => {
  test.each([
    ["1H", 3_600_000],
    ["2M", 120_000],
    ["3S", 3000],
    ["100m", 100],
    ["1500u", 1.5],
    ["99999999n", 99.999999],
    ["0m", 0],
  ])("when grpc-timeout is %s then it is %d ms", (text, ms) =>
    expect(parseGrpcTimeout(text)).toBeCloseTo(ms),
  );

  test.each(["", "1", "m", "-1m", "1.5S", "123456789m", "1s", "1 m", "1m "])(
    "when grpc-timeout is %j then it is malformed",
    (text) => expect(parseGrpcTimeout(text)).toBeUndefined(),
  );

  test.each([
    [0, "0m"],
    [-5, "0m"],
    [0.2, "1m"],
    [5000, "5000m"],
    [99_999_999, "99999999m"],
    [100_000_000, "100000S"],
    [1e13, "2777778H"],
  ])("when %d ms are written then the text is %s, of at most 8 digits", (ms, text) =>
    expect(formatGrpcTimeout(ms)).toBe(text),
  );

  test.each([
    ["5000000000", 5000],
    ["1", 1e-6],
    ["-1", undefined],
    ["5s", undefined],
    ["", undefined],
  ])("when go-micro's timeout is %j then it is %s ms", (text, ms) =>
    expect(parseMicroTimeout(text)).toBe(ms),
  );
});

describe("status messages", () => {
  test.each([
    ["plain text", "plain text"],
    ["100%", "100%25"],
    ["né\n", "n%C3%A9%0A"],
    ["日本", "%E6%97%A5%E6%9C%AC"],
    ["", ""],
  ])("when %j is written then it is %j, and reads back", (text, encoded) => {
    expect(encodeGrpcMessage(text)).toBe(encoded);
    expect(decodeGrpcMessage(encoded)).toBe(text);
  });

  test.each([
    ["50% off", "50% off"],
    ["%zz%4", "%zz%4"],
    ["%C3", "\ufffd"],
  ])("when a peer sends the broken %j then it stays readable: %j", (encoded, text) =>
    expect(decodeGrpcMessage(encoded)).toBe(text),
  );
});

describe("errors", () => {
  const error = new MicroError({ id: "go.micro.srv.x", code: 404, detail: "no é", status: "Not Found" });
  const OURS = { "user-agent": USER_AGENT };
  const GO_MICRO = { "x-content-type": "application/grpc+proto" };

  test("when an error is written then every reader finds its part", () => {
    const trailers: HeaderBlock = {};
    writeStatus(trailers, error, OURS);
    expect(trailers["grpc-status"]).toBe("5");
    expect(trailers["grpc-message"]).toBe("no %C3%A9");
    expect(readStatus(trailers)?.toJSON()).toEqual(error.toJSON());
  });

  test("when the caller is go-micro then the message is JSON, and reads back", () => {
    const trailers: HeaderBlock = {};
    writeStatus(trailers, error, GO_MICRO);
    expect(JSON.parse(decodeGrpcMessage(String(trailers["grpc-message"])))).toEqual(error.toJSON());
    delete trailers["grpc-status-details-bin"];
    expect(readStatus(trailers)?.toJSON()).toEqual(error.toJSON());
  });

  test("when the detail is huge then the trailers stay small", () => {
    const trailers: HeaderBlock = {};
    writeStatus(trailers, new MicroError({ id: "x", code: 500, detail: "é".repeat(100_000) }), GO_MICRO);
    const size = Object.values(trailers).reduce((sum, value) => sum + String(value).length, 0);
    expect(size).toBeLessThan(15_000);
  });

  test("when ABORTED shares its number with ALREADY_EXISTS then both survive", () => {
    for (const grpc of [6, 10]) {
      const trailers: HeaderBlock = {};
      writeStatus(trailers, new MicroError({ id: "x", code: 409, detail: "y", grpc }), OURS);
      expect(readStatus(trailers)).toMatchObject({ code: 409, grpc });
    }
  });

  test("when details come from elsewhere or are broken then status and message count", () => {
    const foreign = { "grpc-status": "14", "grpc-message": "busy" };
    for (const details of ["", "!!!", "AAAA", Buffer.from([26, 255, 1]).toString("base64"), "CAUSA2JhZA"]) {
      expect(readStatus({ ...foreign, "grpc-status-details-bin": details })).toMatchObject({
        code: 503,
        detail: "busy",
      });
    }
  });

  test.each([
    ["99", 500],
    ["abc", 500],
    ["", 500],
    ["1", 499],
  ])("when grpc-status is %j then the code is %i", (status, code) =>
    expect(readStatus({ "grpc-status": status })?.code).toBe(code),
  );

  test("when the status is 0 then there is no error", () => {
    expect(readStatus({ "grpc-status": "0" })).toBeUndefined();
  });

  test("when details are encoded then they are protobuf as go-micro writes it", () => {
    const details = [microDetail({ id: "i", code: 404, detail: "d", status: "s" })];
    const encoded = encodeRpcStatus({ code: 5, message: "m", details });
    const url = Buffer.from("type.googleapis.com/errors.Error").toString("hex");
    const detail = "0a0169" + "109403" + "1a0164" + "220173";
    const any = `0a20${url}120c${detail}`;
    expect(Buffer.from(encoded, "base64").toString("hex")).toBe(`080512016d1a30${any}`);
    const decoded = decodeRpcStatus(encoded);
    expect(decoded).toMatchObject({ code: 5, message: "m" });
    expect(splitMicroDetail(decoded?.details ?? [])).toEqual({
      micro: { id: "i", code: 404, detail: "d", status: "s" },
      details: [],
    });
  });

  test("when an error has details then they reach every caller, and Micro's own only those who read it", () => {
    const details = [{ type: "google.rpc.RetryInfo", value: Buffer.from([10, 2, 8, 1]) }];
    const detailed = new MicroError({ id: "x", code: 503, detail: "busy", details });
    for (const [caller, id] of [
      [{}, "go.micro.client"],
      [OURS, "x"],
      [GO_MICRO, "x"],
    ] as const) {
      const trailers: HeaderBlock = {};
      writeStatus(trailers, detailed, caller);
      expect(readStatus(trailers)).toMatchObject({ id, code: 503, detail: "busy", details });
    }
  });

  test("when details would fill the headers then they are left out and the error still arrives", () => {
    const details = [{ type: "a.B", value: Buffer.alloc(5000) }];
    const trailers: HeaderBlock = {};
    writeStatus(trailers, new MicroError({ id: "x", code: 503, detail: "busy", details }), {});
    expect(trailers).toEqual({ "grpc-status": "14", "grpc-message": "busy" });
  });

  test.each([
    [404, 12],
    [401, 16],
    [429, 14],
    [418, 2],
  ])("when a proxy answers HTTP %i then it is gRPC status %i", (http, grpc) =>
    expect(errorOfHttpStatus(http, "text/html").grpc).toBe(grpc),
  );
});

describe("frames", () => {
  const options = { maxMessageBytes: 1000, compression: compressionOf("gzip"), endFlag: 0, errorId: "x" };

  function read(chunks: Buffer[], reader = new MessageReader(options)): string[] {
    const messages: string[] = [];
    for (const chunk of chunks) {
      reader.push(chunk);
      for (let bytes = reader.next(); bytes !== undefined; bytes = reader.next()) {
        messages.push(Buffer.from(bytes).toString());
      }
    }
    return messages;
  }

  const three = Buffer.concat(["one", "", "x".repeat(900)].map((text) => frameMessage(Buffer.from(text))));
  const expected = ["one", "", "x".repeat(900)];

  test("when a message is framed then flag, length and bytes are gRPC's", () => {
    expect(frameMessage(Buffer.from("0a044a6f686e", "hex")).toString("hex")).toBe("00000000060a044a6f686e");
  });

  test("when frames come in one chunk then all are read", () => expect(read([three])).toEqual(expected));

  test("when frames come byte by byte then all are read", () => {
    expect(read([...three].map((byte) => Buffer.from([byte])))).toEqual(expected);
  });

  test("when a large message comes byte by byte then it is refused before it costs much", () => {
    const reader = new MessageReader({ ...options, maxMessageBytes: 4_194_304 });
    const crumbs = [...frameMessage(Buffer.alloc(5000))].map((byte) => Buffer.from([byte]));
    expect(() => read(crumbs, reader)).toThrow(/too many small pieces/);
  });

  test("when frames are cut anywhere then all are read", () => {
    for (let cut = 0; cut <= three.length; cut++) {
      expect(read([three.subarray(0, cut), three.subarray(cut)])).toEqual(expected);
    }
  });

  test("when a frame is not complete then the reader knows", () => {
    const reader = new MessageReader(options);
    read([three.subarray(0, 3)], reader);
    expect(reader.isInsideFrame).toBe(true);
    read([three.subarray(3)], reader);
    expect(reader.isInsideFrame).toBe(false);
  });

  test("when a prefix promises more than allowed then it is refused before any byte of it", () => {
    expect(() => read([Buffer.from([0, 0xff, 0xff, 0xff, 0xff])])).toThrow(
      /4294967295 bytes exceeds the limit of 1000/,
    );
  });

  test("when a message is exactly as large as allowed then it passes", () => {
    expect(read([frameMessage(Buffer.alloc(1000, 120))])[0]).toHaveLength(1000);
  });

  const zipped = (bytes: Buffer) => {
    const frame = frameMessage(gzipSync(bytes));
    frame[0] = 1;
    return frame;
  };

  test("when a message is compressed then it is inflated", () => {
    expect(read([zipped(Buffer.from("hello"))])).toEqual(["hello"]);
  });

  test("when a message would inflate beyond the limit then it is refused", () => {
    const bomb = zipped(Buffer.alloc(900_000));
    expect(bomb.length).toBeLessThan(1000);
    expect(() => read([bomb])).toThrow(/exceeds the limit/);
  });

  test.each([
    ["an unknown flag", Buffer.from([2, 0, 0, 0, 0])],
    ["no gzip inside", Buffer.from([1, 0, 0, 0, 1, 65])],
  ])("when a frame has %s then it is broken", (_, frame) => {
    expect(() => read([frame])).toThrow(/broken frame/);
  });

  test("when the last frame has come then it is no message, and nothing may follow", () => {
    const reader = new MessageReader({ ...options, endFlag: 2 });
    const end = frameMessage(Buffer.from("{}"), 2);
    expect(read([frameMessage(Buffer.from("one")), end], reader)).toEqual(["one"]);
    expect(Buffer.from(reader.end ?? []).toString()).toBe("{}");
    expect(() => read([frameMessage(Buffer.from("two"))], reader)).toThrow(/more follows/);
  });

  test("when a frame is compressed and the stream did not say so then it is broken", () => {
    const plain = new MessageReader({ ...options, compression: undefined });
    expect(() => read([zipped(Buffer.from("x"))], plain)).toThrow(/broken frame/);
  });
});
