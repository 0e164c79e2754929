import { expect, test } from "vitest";
import { jsonCodec, REQUEST } from "../../../../src/runtime/codec/index.ts";
import { goJson } from "../../../../src/runtime/protocol/mucp/go-json.ts";
import { Request } from "../../../fixtures/go-micro/expected/greeter.ts";

const codec = goJson(jsonCodec);
const read = (text: string) => codec.unmarshal(Request, Buffer.from(text), REQUEST);

test("when Go writes a struct then its names, numbers and times are understood", () => {
  const text =
    '{"name":"Ada \\u003c3","big_number":9007199254740993,"mood":1,"data":"Ynl0ZXM=","ratio":0.5,"born":{"seconds":86400,"nanos":5}}';
  expect(read(text)).toMatchObject({
    name: "Ada <3",
    bigNumber: 9007199254740993n,
    mood: 1,
    data: new Uint8Array(Buffer.from("bytes")),
    ratio: 0.5,
    born: { seconds: 86400n, nanos: 5 },
  });
});

test("when a 64-bit integer is a number then no digit is lost, and texts that look like one stay as they are", () => {
  const name = 'say \\"9007199254740993\\" é 9007199254740993';
  expect(read(`{"bigNumber":-9223372036854775808,"name":"${name}"}`)).toMatchObject({
    bigNumber: -9223372036854775808n,
    name: 'say "9007199254740993" é 9007199254740993',
  });
  expect(read('{"ratio":1234567890123456.5e3}').ratio).toBe(1234567890123456500);
});

test.each([
  ["an unknown field", '{"nmae":"Ada"}'],
  ["a time of a string that is none", '{"born":"soon"}'],
  ["a time of wrong fields", '{"born":{"seconds":{}}}'],
  ["half a text", '{"name":"9007199254740993'],
])("when there is %s then it is refused", (_, text) => {
  expect(() => read(text)).toThrow(expect.objectContaining({ code: 400 }));
});

test.each(['\\"', "1", '"', "1e", "9007199254740993,"])(
  "when half a million of %s come then reading ends",
  (part) => {
    expect(() => read(`{"name":"${part.repeat(500_000)}`)).toThrow();
  },
);
