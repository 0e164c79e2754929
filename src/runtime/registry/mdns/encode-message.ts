import { CLASS_IN, DNS_TYPES, type DnsMessage, type DnsRecord } from "./dns-message.ts";

const MAX_POINTER = 0x3fff;

/** Writes one packet, names compressed. Names must be valid: see `isDomainName`. */
export function encodeMessage(message: Partial<DnsMessage>): Buffer {
  const { questions = [], answers = [] } = message;
  const writer = createWriter();
  writer.u16(message.id ?? 0);
  writer.u16((message.isResponse ? 0x8000 : 0) | (message.isAuthoritative ? 0x0400 : 0));
  writer.u16(questions.length);
  writer.u16(answers.length);
  writer.u16(0);
  writer.u16(0);
  for (const question of questions) {
    writer.name(question.name);
    writer.u16(question.type);
    writer.u16(CLASS_IN | (question.wantsUnicast ? 0x8000 : 0));
  }
  for (const record of answers) {
    writer.name(record.name);
    writer.u16(DNS_TYPES[record.type]);
    writer.u16(CLASS_IN);
    writer.u32(record.ttlSeconds);
    writer.sized(() => writeData(writer, record));
  }
  return writer.finish();
}

type Writer = ReturnType<typeof createWriter>;

function writeData(writer: Writer, record: DnsRecord): void {
  switch (record.type) {
    case "A":
      writer.bytes(Buffer.from(record.address.split(".").map(Number)));
      break;
    case "AAAA":
      writer.bytes(ipv6Bytes(record.address));
      break;
    case "PTR":
      writer.name(record.target);
      break;
    case "SRV":
      writer.u16(record.priority);
      writer.u16(record.weight);
      writer.u16(record.port);
      writer.name(record.target);
      break;
    case "TXT":
      for (const string of record.strings) {
        writer.bytes(Buffer.from([string.length]));
        writer.bytes(string);
      }
  }
}

function createWriter() {
  const chunks: Buffer[] = [];
  const known = new Map<string, number>();
  let length = 0;
  const bytes = (chunk: Buffer) => {
    chunks.push(chunk);
    length += chunk.length;
  };
  const u16 = (value: number) => bytes(Buffer.from([value >> 8, value & 0xff]));
  return {
    bytes,
    u16,
    u32(value: number) {
      u16(value >>> 16);
      u16(value & 0xffff);
    },
    name(name: string) {
      let rest = name;
      while (rest !== "") {
        const pointer = known.get(rest);
        if (pointer !== undefined) {
          u16(0xc000 | pointer);
          return;
        }
        if (length <= MAX_POINTER) known.set(rest, length);
        const dot = rest.indexOf(".");
        const label = Buffer.from(dot === -1 ? rest : rest.slice(0, dot));
        bytes(Buffer.from([label.length]));
        bytes(label);
        rest = dot === -1 ? "" : rest.slice(dot + 1);
      }
      bytes(Buffer.from([0]));
    },
    /** Writes what `write` writes, behind its length. */
    sized(write: () => void) {
      const size = Buffer.alloc(2);
      bytes(size);
      const start = length;
      write();
      size.writeUInt16BE(length - start);
    },
    finish: () => Buffer.concat(chunks, length),
  };
}

/** `fd00::1` -> 16 bytes. */
function ipv6Bytes(address: string): Buffer {
  // The URL parser turns a dotted tail into groups.
  const plain = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = "", tail] = plain.split("::");
  const front = head === "" ? [] : head.split(":");
  const back = tail === undefined || tail === "" ? [] : tail.split(":");
  const middle = Array<string>(8 - front.length - back.length).fill("0");
  const bytes = Buffer.alloc(16);
  [...front, ...middle, ...back].forEach((group, i) => {
    bytes.writeUInt16BE(Number.parseInt(group, 16), i * 2);
  });
  return bytes;
}
