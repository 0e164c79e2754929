import dnsPacket, { type RecordType } from "dns-packet";
import { describe, expect, it } from "vitest";
import { decodeMessage } from "../../../../src/runtime/registry/mdns/decode-message.ts";
import { DNS_TYPES, type DnsRecord } from "../../../../src/runtime/registry/mdns/dns-message.ts";
import { encodeMessage } from "../../../../src/runtime/registry/mdns/encode-message.ts";

const instance = "go.micro.srv.greeter-1.go.micro.srv.greeter.micro";
const records: DnsRecord[] = [
  { type: "PTR", name: "go.micro.srv.greeter.micro", ttlSeconds: 120, target: instance },
  { type: "SRV", name: instance, ttlSeconds: 120, priority: 10, weight: 1, port: 41_234, target: "box" },
  { type: "A", name: "box", ttlSeconds: 120, address: "192.0.2.7" },
  { type: "AAAA", name: "box", ttlSeconds: 120, address: "fd00::7:0:0:1" },
  { type: "TXT", name: instance, ttlSeconds: 120, strings: [Buffer.from("789c"), Buffer.alloc(255, "a")] },
];
const question = { name: "go.micro.srv.greeter.micro", type: DNS_TYPES.PTR, wantsUnicast: false };

describe("a DNS message of ours", () => {
  const packet = encodeMessage({
    isResponse: true,
    isAuthoritative: true,
    questions: [question],
    answers: records,
  });

  it("is read alike by an independent library", () => {
    const theirs = dnsPacket.decode(packet);
    expect(theirs).toMatchObject({
      id: 0,
      type: "response",
      opcode: "QUERY",
      rcode: "NOERROR",
      flag_aa: true,
    });
    expect(theirs.questions).toEqual([{ name: question.name, type: "PTR", class: "IN" }]);
    const common = { ttl: 120, class: "IN", flush: false };
    expect(theirs.answers).toEqual([
      { ...common, type: "PTR", name: question.name, data: instance },
      {
        ...common,
        type: "SRV",
        name: instance,
        data: { priority: 10, weight: 1, port: 41_234, target: "box" },
      },
      { ...common, type: "A", name: "box", data: "192.0.2.7" },
      { ...common, type: "AAAA", name: "box", data: "fd00::7:0:0:1" },
      { ...common, type: "TXT", name: instance, data: [Buffer.from("789c"), Buffer.alloc(255, "a")] },
    ]);
  });

  it("names everything once", () => {
    expect(packet.toString("latin1").split("greeter\x05micro").length - 1).toBe(1);
  });

  it("has TXT data of no length when there is no text", () => {
    const empty = encodeMessage({ answers: [{ type: "TXT", name: "a", ttlSeconds: 1, strings: [] }] });
    expect(empty.subarray(-2)).toEqual(Buffer.from([0, 0]));
  });

  it("is what we read back", () => {
    expect(decodeMessage(packet)).toEqual({
      id: 0,
      isResponse: true,
      isAuthoritative: true,
      opcode: 0,
      rcode: 0,
      questions: [question],
      answers: records,
      additionals: [],
    });
  });
});

describe("a DNS message of others", () => {
  it("is read with its answers and additionals, without its authorities", () => {
    const packet = dnsPacket.encode({
      type: "response",
      id: 7,
      questions: [{ type: "ANY" as RecordType, name: "Greeter.micro" }],
      answers: [{ type: "A", name: "box", ttl: 1, data: "10.0.0.1", flush: true }],
      authorities: [{ type: "A", name: "box", ttl: 1, data: "10.0.0.2" }],
      additionals: [{ type: "AAAA", name: "box", ttl: 0, data: "::1" }],
    });
    const read = decodeMessage(packet);
    expect(read.id).toBe(7);
    expect(read.questions).toEqual([{ name: "Greeter.micro", type: DNS_TYPES.ANY, wantsUnicast: false }]);
    expect(read.answers).toEqual([{ type: "A", name: "box", ttlSeconds: 1, address: "10.0.0.1" }]);
    expect(read.additionals).toEqual([{ type: "AAAA", name: "box", ttlSeconds: 0, address: "::1" }]);
  });

  it("may hold records we do not know", () => {
    const packet = dnsPacket.encode({
      type: "response",
      answers: [
        { type: "HINFO", name: "box", ttl: 1, data: { cpu: "a", os: "b" } },
        { type: "A", name: "box", ttl: 1, data: "10.0.0.1" },
      ],
    });
    expect(decodeMessage(packet).answers).toHaveLength(1);
  });

  it("may ask for a unicast answer", () => {
    const packet = encodeMessage({ questions: [{ ...question, wantsUnicast: true }] });
    expect(decodeMessage(packet).questions[0]!.wantsUnicast).toBe(true);
  });

  it("keeps an IPv4 address in IPv6 clothes as IPv4", () => {
    const packet = encodeMessage({
      answers: [{ type: "AAAA", name: "box", ttlSeconds: 1, address: "::ffff:10.0.0.1" }],
    });
    expect(decodeMessage(packet).answers[0]).toMatchObject({ address: "10.0.0.1" });
  });
});

describe("a hostile DNS message is refused", () => {
  const header = (questions: number, answers = 0) =>
    Buffer.from([0, 0, 0x84, 0, questions >> 8, questions & 255, answers >> 8, answers & 255, 0, 0, 0, 0]);
  const after = Buffer.from([0, 12, 0, 1]);

  it.each([
    ["no header", Buffer.alloc(11)],
    ["a name that points at itself", Buffer.concat([header(1), Buffer.from([0xc0, 12]), after])],
    [
      "a name that points ahead",
      Buffer.concat([header(1), Buffer.from([0xc0, 20]), after, Buffer.alloc(20)]),
    ],
    [
      "two names that point at each other",
      Buffer.concat([header(1), Buffer.from([1, 97, 0xc0, 16, 1, 98, 0xc0, 12]), after]),
    ],
    ["a name beyond the packet", Buffer.concat([header(1), Buffer.from([63, 97])])],
    ["a label type that does not exist", Buffer.concat([header(1), Buffer.from([0x80, 97]), after])],
    ["more records than we read", Buffer.concat([header(0, 2_001), Buffer.alloc(2_001 * 11)])],
    ["records that are not there", header(0, 3)],
    [
      "a name of 254 bytes",
      Buffer.concat([
        header(1),
        ...Array.from({ length: 3 }, () => Buffer.from([63, ...Buffer.alloc(63, "a")])),
        Buffer.from([62, ...Buffer.alloc(62, "a"), 0]),
        after,
      ]),
    ],
    [
      "an address of three bytes",
      Buffer.concat([header(0, 1), Buffer.from([0, 0, 1, 0, 1, 0, 0, 0, 1, 0, 3, 1, 2, 3])]),
    ],
    [
      "text beyond its record",
      Buffer.concat([header(0, 1), Buffer.from([0, 0, 16, 0, 1, 0, 0, 0, 1, 0, 2, 9, 1])]),
    ],
  ] as [string, Buffer][])("when it has %s", (_title, packet) => {
    expect(() => decodeMessage(packet)).toThrow();
  });

  it.each([
    [10, false],
    [11, true],
  ])("when a name jumps more than ten times: %i", (jumps, isRefused) => {
    // A record whose data is a chain of pointers, each to the one before; the next record's name starts at its end.
    const start = 12 + 11;
    const chain = [Buffer.from([1, 97, 0]), Buffer.from([0xc0, start])];
    for (let i = 2; i < jumps; i++) chain.push(Buffer.from([0xc0, start + 3 + (i - 2) * 2]));
    const data = Buffer.concat(chain);
    const packet = Buffer.concat([
      header(0, 2),
      Buffer.from([0, 0, 99, 0, 1, 0, 0, 0, 1, 0, data.length]),
      data,
      Buffer.from([0xc0, start + data.length - 2]),
      Buffer.from([0, 1, 0, 1, 0, 0, 0, 1, 0, 4, 10, 0, 0, 1]),
    ]);
    const read = () => decodeMessage(packet).answers.map((answer) => answer.name);
    if (isRefused) expect(read).toThrow("name");
    else expect(read()).toEqual(["a"]);
  });

  it("and noise never does more than throw", () => {
    let state = 42;
    const random = () => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
      return state / 0x80000000;
    };
    const good = encodeMessage({ isResponse: true, questions: [question], answers: records });
    let refused = 0;
    for (let i = 0; i < 50_000; i++) {
      const packet = Buffer.from(good.subarray(0, 12 + Math.floor(random() * good.length)));
      for (let flips = 0; flips < 4; flips++)
        packet[Math.floor(random() * packet.length)] = Math.floor(random() * 256);
      try {
        decodeMessage(packet);
      } catch (error) {
        refused++;
        expect(error).toBeInstanceOf(Error);
      }
    }
    expect(refused).toBeGreaterThan(10_000);
  });
});
