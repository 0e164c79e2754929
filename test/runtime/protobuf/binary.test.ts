import { describe, expect, test } from "vitest";
import { DecodeError, encodeInto, Struct } from "../../../src/runtime/protobuf/index.ts";
import {
  Choices,
  Lists,
  Maps,
  Node,
  Nothing,
  Optionals,
  Scalars,
} from "../../fixtures/everything/expected/everything.ts";
import { Groups, Level, Required } from "../../fixtures/proto2/expected/proto2.ts";

const bytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex.replaceAll(" ", ""), "hex"));
const hex = (message: Uint8Array): string => Buffer.from(message).toString("hex");

describe("malformed bytes are a DecodeError", () => {
  test.each([
    ["a cut tag", "80"],
    ["a cut varint", "18 80"],
    ["a varint that ends with the buffer", "18"],
    ["a 64-bit varint that ends with the buffer", "20"],
    ["a varint of eleven bytes", "18 80 80 80 80 80 80 80 80 80 80 01"],
    ["field number 0", "00 00"],
    ["a tag of more than 32 bits", "80 80 80 80 10 00"],
    ["a length beyond the end", "72 05 61"],
    ["a length of a text of some size beyond the end", "72 40 61"],
    ["a length of a submessage beyond the end", "8a 01 40 08 01"],
    ["a length of 4 GiB", "72 80 80 80 80 10 61"],
    ["a length that is negative as an int32", "72 80 80 80 80 08 61"],
    ["a cut fixed64", "09 00 00"],
    ["invalid UTF-8", "72 02 c3 28"],
    ["UTF-8 of half a surrogate pair", "72 03 ed a0 80"],
    ["a submessage longer than its length", "8a 01 02 08 80 01"],
    ["an unknown group without end", "9b 06 08 01"],
    ["an end without a group", "9c 06"],
    ["a group that ends with another number", "9b 06 a4 06"],
    ["wire type 6", "9e 06"],
    ["a packed list cut in the middle of a number", "0a 02 80 80"],
  ])("%s", (_, input) => {
    const type = input.startsWith("0a") ? Lists : Scalars;
    expect(() => type.decode(bytes(input))).toThrow(DecodeError);
  });

  test("whose lengths lie inside of memory, but beyond the message", () => {
    const memory = bytes(`7203616263${"6d".repeat(200)}`);
    expect(Scalars.decode(memory, 0, 5).aString).toBe("abc");
    for (const length of [0x03, 0x14, 0x7f]) {
      memory[1] = length;
      expect(() => Scalars.decode(memory, 0, 4), String(length)).toThrow(DecodeError);
    }
  });

  test("a message that contains itself more than 100 times", () => {
    const nest = (depth: number): Uint8Array => {
      let inner: Uint8Array = new Uint8Array(0);
      for (let i = 0; i < depth; i++) {
        const outer = Buffer.from([0x12, 0x80 | (inner.length & 127), inner.length >> 7]);
        inner = Buffer.concat([outer, inner]);
      }
      return inner;
    };
    expect(Node.decode(nest(100)).children).toHaveLength(1);
    expect(() => Node.decode(nest(101))).toThrow(/deeper than 100/);
  });

  test("unknown groups nested more than 100 times", () => {
    expect(() => Nothing.decode(bytes(`${"9b06".repeat(101)}${"9c06".repeat(101)}`))).toThrow(
      /deeper than 100/,
    );
  });

  test("a required field that is not there, by name", () => {
    expect(() => Required.decode(new Uint8Array(0))).toThrow("required field test.proto2.Required.name");
  });
});

describe("what a message cannot hold is refused before anything is sent", () => {
  test.each([
    [{ anInt32: 1.5 }, "1.5 is no int32"],
    [{ anInt32: 2 ** 31 }, "2147483648 is no int32"],
    [{ aUint32: -1 }, "-1 is no uint32"],
    [{ anInt64: 2n ** 63n }, "9223372036854775808 is no int64"],
    [{ aUint64: -1n }, "-1 is no uint64"],
    [{ aFloat: 1e39 }, "1e+39 is no float"],
    [{ anInt64: 1 as unknown as bigint }, "1 is no int64"],
    [{ aString: 5 as unknown as string }, "5 is no string"],
    [{ aString: "\ud800" }, "half a surrogate pair"],
    [{ aString: `${"x".repeat(50)}\udc00` }, "half a surrogate pair"],
    [{ aBool: 1 as unknown as boolean }, "1 is no bool"],
    [{ someBytes: "x" as unknown as Uint8Array }, "x is no Uint8Array"],
  ])("%o", (message, error) => {
    expect(() => Scalars.encode(message)).toThrow(error);
  });

  test("a required field that is not set, by name", () => {
    expect(() => Required.encode({ level: Level.LOW, part: {} })).toThrow("test.proto2.Required.name");
  });

  test("a case that the oneof does not have", () => {
    expect(() => Choices.encode({ choice: { case: "none" as "text", value: "" } })).toThrow("none");
  });
});

describe("presence", () => {
  test("a plain field that holds its default is not written, -0 is", () => {
    expect(Scalars.encode({ aString: "", anInt64: 0n, aDouble: 0, aBool: false })).toHaveLength(0);
    expect(hex(Scalars.encode({ aDouble: -0 }))).toBe("090000000000000080");
    expect(Object.is(Scalars.decode(bytes("090000000000000080")).aDouble, -0)).toBe(true);
  });

  test("an optional field that holds its default is written", () => {
    expect(Optionals.decode(Optionals.encode({ aString: "", anInt32: 0 }))).toMatchObject({
      aString: "",
      anInt32: 0,
      aBool: undefined,
    });
  });

  test("the last member of a oneof wins, messages of the same member merge", () => {
    expect(Choices.decode(bytes("12 01 61 18 05")).choice).toEqual({ case: "number", value: 5 });
    expect(Choices.decode(bytes("3a 02 08 01 3a 02 10 02")).choice).toEqual({
      case: "point",
      value: { x: 1, y: 2 },
    });
  });
});

describe("fields", () => {
  const name = [0x0a, 0x01, 0x61]; // label: "a"
  test("may come in any order, and between unknown ones", () => {
    const forwards = Optionals.encode({ aBool: true, anInt32: 300, aString: "text" });
    const records = [
      Optionals.encode({ aString: "text" }),
      bytes("f8 7f 01"),
      Optionals.encode({ anInt32: 300 }),
    ];
    const backwards = Buffer.concat([...records, Optionals.encode({ aBool: true })]);
    const { $unknown, ...message } = Optionals.decode(backwards);
    expect(message).toEqual(Optionals.decode(forwards));
    expect($unknown).toEqual(bytes("f8 7f 01"));
  });

  test("are known by tags that are longer than they need be", () => {
    expect(Node.decode(Uint8Array.from([0x8a, 0x80, 0x00, ...name.slice(1)])).label).toBe("a");
    expect(Node.decode(Uint8Array.from([...name, 0x8a, 0x00, 0x01, 0x62])).label).toBe("b");
  });

  test("whose tag ends the message are cut short, whatever stands behind it", () => {
    const larger = Uint8Array.from([...name, 0x0a, 0x01, 0x62]);
    for (const end of [4, 5]) expect(() => Node.decode(larger, 0, end)).toThrow(DecodeError);
    expect(Node.decode(larger, 0, 3).label).toBe("a");
  });
});

describe("unknown fields", () => {
  const unknown = "a2 06 03 61 62 63 a8 06 05 b3 06 08 01 b4 06";

  test("are kept and written again", () => {
    const message = Nothing.decode(bytes(unknown));
    expect(hex(message.$unknown ?? new Uint8Array(0))).toBe(unknown.replaceAll(" ", ""));
    expect(hex(Nothing.encode(message))).toBe(unknown.replaceAll(" ", ""));
    expect(Nothing.create(message)).toEqual(message);
  });

  test("a known number of another wire type is one of them", () => {
    expect(hex(Scalars.decode(bytes("70 05")).$unknown ?? new Uint8Array(0))).toBe("7005");
  });

  test("numbers that a closed enum lacks are among them, of lists and maps too", () => {
    const message = Required.decode(
      bytes("0a 01 61 10 09 10 01 1a 00 20 07 20 02 2a 02 07 01 32 05 0a 01 6b 10 07 38 07"),
    );
    expect(message).toMatchObject({
      level: 1,
      levels: [2],
      packedLevels: [1],
      byName: {},
      choice: undefined,
    });
    expect(hex(message.$unknown ?? new Uint8Array(0))).toBe(
      "1009200728073205 0a016b10073807".replace(" ", ""),
    );
  });

  test("are collected in linear time", () => {
    const many = new Uint8Array(400_000).map((_, i) => (i % 2 === 0 ? 0x08 : 0x01));
    expect(Nothing.decode(many).$unknown).toHaveLength(400_000);
  });
});

describe("maps", () => {
  test("hold the keys that objects trip over", () => {
    const texts = JSON.parse('{"__proto__":"a","constructor":"b","":"c"}');
    const read = Maps.decode(Maps.encode({ texts }));
    expect(Object.keys(read.texts).sort()).toEqual(["", "__proto__", "constructor"]);
    expect(Object.getPrototypeOf(read.texts)).toBe(Object.prototype);
  });

  test("tell keys apart that are alike, message after message", () => {
    for (let round = 0; round < 3; round++)
      for (let i = 0; i < 1200; i++) {
        // The same length, ends and middle, so that one is easily taken for the other.
        const key = `a${i % 40}-${"xyzü"[i % 4]}-${(i * 7) % 30}b`;
        const message = Maps.create({
          texts: { [key]: "1", [`${key}2`]: "2", "": "3", [key.repeat(5)]: "4" },
        });
        expect(Maps.decode(Maps.encode(message))).toEqual(message);
      }
  });

  test("refuse keys that their type does not have", () => {
    expect(() => Maps.encode({ numbers: { ["1.5" as unknown as number]: 1n } })).toThrow(RangeError);
    expect(() => Maps.encode({ byBool: { yes: 1 } })).toThrow(RangeError);
  });
});

test("groups are read and written in place", () => {
  const message = Groups.create({ single: { a: 1, deep: { b: "x" } }, many: [{ c: "y" }, {}] });
  expect(hex(Groups.encode(message))).toBe("0b10011b2201781c0c2b3201792c2b2c");
  expect(Groups.decode(Groups.encode(message))).toEqual(message);
});

describe("memory", () => {
  test("results stay what they are while more is encoded", () => {
    const results = Array.from({ length: 5000 }, (_, i) =>
      Scalars.encode({ aString: `text ${i}`, anInt32: i }),
    );
    for (const [i, result] of results.entries())
      expect(Scalars.decode(result)).toMatchObject({ aString: `text ${i}`, anInt32: i });
  });

  test("a message larger than the scratch memory comes out whole", () => {
    const message = Lists.create({
      strings: ["x".repeat(300_000), "é".repeat(200_000)],
      int32s: Array(50_000).fill(-1),
    });
    expect(Lists.decode(Lists.encode(message))).toEqual(message);
  });

  test("submessages of every length around the length prefix's borders come out whole", () => {
    for (const n of [0, 1, 100, 120, 125, 126, 127, 128, 129, 130, 16_380, 16_384, 2_097_150]) {
      const message = Node.create({ children: [{ label: "a".repeat(n) }], label: "z" });
      expect(Node.decode(Node.encode(message)), `${n}`).toEqual(message);
    }
  });

  test("strings of every width and length come out whole", () => {
    for (const char of ["a", "é", "€", "\u{1f600}"])
      for (let n = 0; n < 200; n++) {
        const message = Scalars.create({ aString: char.repeat(n) });
        expect(
          Buffer.from(Scalars.encode(message)).toString("utf8", n === 0 ? 0 : -char.length),
        ).toBeDefined();
        expect(Scalars.decode(Scalars.encode(message)).aString).toBe(message.aString);
      }
  });

  test("a getter may encode while its message is encoded", () => {
    const message = {
      aString: "outer",
      get someBytes(): Uint8Array {
        return Scalars.encode({ aString: "inner" });
      },
    };
    const read = Scalars.decode(Scalars.encode(message));
    expect(read.aString).toBe("outer");
    expect(Scalars.decode(read.someBytes).aString).toBe("inner");
  });

  test("encodeInto writes where it is told and says when there is no room", () => {
    const message = { aString: "hello", point: { x: 1, y: 2 } };
    const expected = Scalars.encode(message);
    const target = new Uint8Array(expected.length + 5);
    expect(encodeInto(Scalars, message, target, 5)).toBe(target.length);
    expect(target.subarray(5)).toEqual(expected);
    expect(encodeInto(Scalars, message, target, 6)).toBe(-1);
    // The encoder thinks of ten bytes a number: what fits all the same must not be turned away.
    const many = Lists.create({ int32s: Array(100_000).fill(1) });
    const tight = new Uint8Array(Lists.encode(many).length);
    expect(encodeInto(Lists, many, tight, 0)).toBe(tight.length);
    const roomy = new Uint8Array(1 << 20);
    expect(encodeInto(Scalars, message, roomy, 7)).toBe(7 + expected.length);
  });

  test("decode reads a part of a larger buffer, and copies what it keeps", () => {
    const message = Scalars.encode({ someBytes: Uint8Array.of(1, 2, 3) });
    const buffer = Buffer.concat([Buffer.from("xx"), message, Buffer.from("yy")]);
    const read = Scalars.decode(buffer, 2, 2 + message.length);
    buffer.fill(0);
    expect(read.someBytes).toEqual(Uint8Array.of(1, 2, 3));
    expect(() => Scalars.decode(buffer, 3, 2)).toThrow(RangeError);
  });
});

test("create copies deeply and fills in the rest", () => {
  const init = { subs: undefined, points: [{ x: 1 }], strings: ["a"], blobs: [Uint8Array.of(1)] };
  const message = Lists.create(init);
  (init.points[0] as { x: number }).x = 9;
  init.strings.push("b");
  (init.blobs[0] as Uint8Array)[0] = 9;
  expect(message.points).toEqual([{ x: 1, y: 0 }]);
  expect(message.strings).toEqual(["a"]);
  expect(message.blobs).toEqual([Uint8Array.of(1)]);
  expect(message.int32s).toEqual([]);
});

test("a Struct deeper than 100 levels is refused", () => {
  let json: unknown = {};
  for (let i = 0; i < 200; i++) json = { a: json };
  expect(() => Struct.fromJson(json as never)).toThrow(/deeper than 100/);
});

test("many doubles of one message are read as they were written, also from memory that is used again", () => {
  const doubles = [0.1, -0, 5e-324, 1.7976931348623157e308, Number.NaN, -1 / 3, 1e21, 12.5];
  const lists = [0, 1, 2].map((shift) =>
    Array.from({ length: 40 }, (_, i) => doubles[(i * 3 + shift) % 8] ?? 0),
  );
  const memory = new Uint8Array(400);
  for (const list of lists) {
    const end = encodeInto(Lists, { doubles: list }, memory, 7);
    expect(Lists.decode(memory, 7, end).doubles).toEqual(list);
    expect(() => Lists.decode(memory.subarray(0, end - 1), 7)).toThrow(DecodeError);
  }
  const unpacked = bytes("09000000000000f03f".repeat(12));
  expect(Lists.decode(unpacked).doubles).toEqual(Array.from({ length: 12 }, () => 1));
  expect(() => Lists.decode(unpacked, 0, unpacked.length - 4)).toThrow(DecodeError);
});
