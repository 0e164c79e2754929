import fc from "fast-check";
import { expect, test } from "vitest";
import { HttpError } from "../../../../src/runtime/protocol/mucp/http-head.ts";
import { type HttpMessage, HttpReader } from "../../../../src/runtime/protocol/mucp/http-reader.ts";

const LIMIT = 64 * 1024;

function readerOf(kind: "request" | "response" = "request", maxBodyBytes = LIMIT): HttpReader {
  return new HttpReader({ kind, maxBodyBytes });
}

/** Reads everything that `pieces` hold. */
function readAll(pieces: readonly Buffer[], reader = readerOf()): HttpMessage[] {
  const messages: HttpMessage[] = [];
  for (const piece of pieces) {
    reader.push(piece);
    for (let next = reader.next(); next !== undefined; next = reader.next()) messages.push(next);
  }
  return messages;
}

/** The bytes in pieces that end at `cuts`. */
function cutAt(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  return [...places, bytes.length].map((end, i) => bytes.subarray(places[i - 1] ?? 0, end));
}

const chunked = (body: Buffer, size: number): Buffer => {
  const chunks: Buffer[] = [];
  for (let at = 0; at < body.length; at += size) {
    const chunk = body.subarray(at, at + size);
    chunks.push(Buffer.from(`${chunk.length.toString(16)};x=1\r\n`), chunk, Buffer.from("\r\n"));
  }
  return Buffer.concat([...chunks, Buffer.from("0\r\nX-Trailer: 1\r\n\r\n")]);
};

const message = fc.record({
  id: fc.stringMatching(/^[ -~]{0,20}$/),
  body: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  chunk: fc.integer({ min: 0, max: 64 }),
});

test("however TCP cuts them, messages come out as they went in", () => {
  fc.assert(
    fc.property(fc.array(message, { maxLength: 5 }), fc.array(fc.nat(), { maxLength: 40 }), (sent, cuts) => {
      const bytes = Buffer.concat(
        sent.flatMap(({ id, body, chunk }) => [
          Buffer.from(`POST / HTTP/1.1\r\nmIcRo-ID:${id}\r\n`),
          chunk === 0
            ? Buffer.concat([Buffer.from(`Content-Length: ${body.length}\r\n\r\n`), body])
            : Buffer.concat([Buffer.from("Transfer-Encoding: chunked\r\n\r\n"), chunked(body, chunk)]),
        ]),
      );
      const read = readAll(cutAt(bytes, cuts));
      expect(read.map(({ fields, body }) => ({ id: fields["micro-id"], body: Buffer.from(body) }))).toEqual(
        sent.map(({ id, body }) => ({ id: id.trim(), body })),
      );
    }),
  );
});

test("whatever comes, it is read, waited for or refused, and never held beyond the limits", () => {
  const fragment = fc.oneof(
    fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
    fc
      .constantFrom(
        ...[
          "POST / HTTP/1.1\r\n",
          "Content-Length: 5\r\n",
          "Transfer-Encoding: chunked\r\n",
          "\r\n",
          "5\r\n",
        ],
        ...[
          "ffffffff\r\n",
          "Content-Length: -1\r\n",
          "a: b\r\n c\r\n",
          "0\r\n\r\n",
          "x",
          "HTTP/1.1 200 OK\r\n",
        ],
      )
      .map((text) => Buffer.from(text)),
  );
  fc.assert(
    fc.property(
      fc.array(fragment, { maxLength: 30 }),
      fc.constantFrom("request", "response"),
      (pieces, kind) => {
        try {
          for (const { body } of readAll(pieces, readerOf(kind as "request", 16)))
            expect(body.length).toBeLessThanOrEqual(16);
        } catch (error) {
          expect(error).toBeInstanceOf(HttpError);
        }
      },
    ),
  );
});

test.each([
  ["a folded header", "POST / HTTP/1.1\r\nA: b\r\n c\r\n\r\n", 400],
  ["a bare line feed", "POST / HTTP/1.1\nA: b\n\n\r\n\r\n", 400],
  ["a space before the colon", "POST / HTTP/1.1\r\nA : b\r\n\r\n", 400],
  ["two lengths", "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400],
  ["a length and chunks", "POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400],
  ["a negative length", "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400],
  ["another coding", "POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n", 400],
  ["HTTP/2", "POST / HTTP/2.0\r\n\r\n", 400],
  ["no HTTP", "hello\r\n\r\n", 400],
  ["too long a body", "POST / HTTP/1.1\r\nContent-Length: 65537\r\n\r\n", 413],
  ["too long a chunk", "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n10001\r\n", 413],
  ["a chunk that goes on", "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n", 400],
  ["too long a head", `POST / HTTP/1.1\r\nA: ${"b".repeat(17_000)}\r\n\r\n`, 431],
  ["a head without end", `POST / HTTP/1.1\r\nA: ${"b".repeat(17_000)}`, 431],
  ["too many lines", `POST / HTTP/1.1\r\n${"A: b\r\n".repeat(201)}\r\n`, 431],
])("when %s comes then it is refused", (_, text, status) => {
  expect(() => readAll([Buffer.from(text)])).toThrow(expect.objectContaining({ status }));
});

test("when an answer has no length then it lasts until the connection ends", () => {
  const reader = readerOf("response");
  expect(readAll([Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n"), Buffer.from("why")], reader)).toEqual([]);
  expect(reader.end()).toMatchObject({ start: "HTTP/1.1 400 Bad Request", body: Buffer.from("why") });
});

test("when the connection ends inside a message then that is an error, between two it is none", () => {
  const reader = readerOf();
  readAll([Buffer.from("POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\na")], reader);
  expect(() => reader.end()).toThrow(HttpError);
  expect(readerOf().end()).toBeUndefined();
});

test("when the body comes in many small pieces then it is held once, in one piece", () => {
  const body = Buffer.from("0123456789".repeat(1000));
  const head = Buffer.from(`POST / HTTP/1.1\r\nContent-Length: ${body.length}\r\n\r\n`);
  const pieces = [
    head,
    ...cutAt(
      body,
      Array.from({ length: body.length }, (_, i) => i),
    ),
  ];
  expect(readAll(pieces)).toEqual([expect.objectContaining({ body })]);
});
