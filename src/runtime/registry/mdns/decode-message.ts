import {
  CLASS_IN,
  DNS_TYPES,
  type DnsMessage,
  type DnsQuestion,
  type DnsRecord,
  MAX_NAME_BYTES,
} from "./dns-message.ts";

// Anybody on the link can send anything: every loop below has a bound of its own.
const MAX_RECORDS = 2_000;
const MAX_JUMPS = 10;

/**
 * Reads one packet. Records of other types or classes are skipped. Throws on anything malformed: names that run in
 * circles or are too long, lengths beyond the packet, more than 2,000 records.
 */
export function decodeMessage(packet: Buffer): DnsMessage {
  const reader = createReader(packet);
  const id = reader.u16();
  const flags = reader.u16();
  const [questionCount, answerCount, authorityCount, additionalCount] = [
    reader.u16(),
    reader.u16(),
    reader.u16(),
    reader.u16(),
  ];
  if (questionCount + answerCount + authorityCount + additionalCount > MAX_RECORDS)
    throw malformed("records");
  const questions: DnsQuestion[] = [];
  for (let i = 0; i < questionCount; i++) {
    const name = reader.name();
    const type = reader.u16();
    const qclass = reader.u16();
    if ((qclass & 0x7fff) === CLASS_IN) questions.push({ name, type, wantsUnicast: (qclass & 0x8000) !== 0 });
  }
  const answers = readRecords(reader, answerCount);
  readRecords(reader, authorityCount);
  const additionals = readRecords(reader, additionalCount);
  return {
    id,
    isResponse: (flags & 0x8000) !== 0,
    isAuthoritative: (flags & 0x0400) !== 0,
    opcode: (flags >> 11) & 0xf,
    rcode: flags & 0xf,
    questions,
    answers,
    additionals,
  };
}

type Reader = ReturnType<typeof createReader>;

function readRecords(reader: Reader, count: number): DnsRecord[] {
  const records: DnsRecord[] = [];
  for (let i = 0; i < count; i++) {
    const name = reader.name();
    const type = reader.u16();
    // The top bit is mDNS's cache flush.
    const isInternet = (reader.u16() & 0x7fff) === CLASS_IN;
    const ttlSeconds = reader.u32();
    const end = reader.offset() + reader.u16() + 2;
    const record = isInternet ? readData(reader, { name, ttlSeconds }, type, end) : undefined;
    if (record !== undefined) records.push(record);
    reader.moveTo(end);
  }
  return records;
}

function readData(
  reader: Reader,
  head: { name: string; ttlSeconds: number },
  type: number,
  end: number,
): DnsRecord | undefined {
  const length = end - reader.offset();
  switch (type) {
    case DNS_TYPES.A:
      if (length !== 4) throw malformed("A");
      return { ...head, type: "A", address: [...reader.bytes(4)].join(".") };
    case DNS_TYPES.AAAA:
      if (length !== 16) throw malformed("AAAA");
      return { ...head, type: "AAAA", address: toIpv6(reader.bytes(16)) };
    case DNS_TYPES.PTR:
      return { ...head, type: "PTR", target: reader.name() };
    case DNS_TYPES.SRV:
      return {
        ...head,
        type: "SRV",
        priority: reader.u16(),
        weight: reader.u16(),
        port: reader.u16(),
        target: reader.name(),
      };
    case DNS_TYPES.TXT: {
      const strings: Buffer[] = [];
      while (reader.offset() < end) strings.push(reader.bytes(reader.u8()));
      if (reader.offset() !== end) throw malformed("TXT");
      return { ...head, type: "TXT", strings };
    }
    default:
      return undefined;
  }
}

function createReader(packet: Buffer) {
  let at = 0;
  const take = (count: number): number => {
    const start = at;
    at += count;
    if (at > packet.length) throw malformed("length");
    return start;
  };
  return {
    offset: () => at,
    moveTo(offset: number) {
      if (offset > packet.length) throw malformed("length");
      at = offset;
    },
    u8: () => packet.readUInt8(take(1)),
    u16: () => packet.readUInt16BE(take(2)),
    u32: () => packet.readUInt32BE(take(4)),
    bytes: (count: number) => packet.subarray(take(count), at),
    name() {
      const labels: string[] = [];
      let bytes = -1;
      let jumps = 0;
      let back: number | undefined;
      for (;;) {
        const start = at;
        const length = packet.readUInt8(take(1));
        if (length === 0) break;
        if (length >= 0xc0) {
          const target = ((length & 0x3f) << 8) | packet.readUInt8(take(1));
          back ??= at;
          // Compression points backwards; the count stops chains that do so slowly.
          if (target >= start || ++jumps > MAX_JUMPS) throw malformed("name");
          at = target;
          continue;
        }
        bytes += length + 1;
        if (length > 63 || bytes > MAX_NAME_BYTES) throw malformed("name");
        labels.push(packet.toString("utf8", take(length), at));
      }
      if (back !== undefined) at = back;
      return labels.join(".");
    },
  };
}

/** 16 bytes -> `fd00:0:0:0:0:0:0:1`; an IPv4-mapped one as IPv4. */
function toIpv6(bytes: Buffer): string {
  if (bytes.subarray(0, 10).every((byte) => byte === 0) && bytes.readUInt16BE(10) === 0xffff)
    return [...bytes.subarray(12)].join(".");
  const groups = Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(i * 2).toString(16)).join(":");
  // The URL parser knows RFC 5952, so that an address reads the same wherever it came from.
  return new URL(`http://[${groups}]`).hostname.slice(1, -1);
}

function malformed(what: string): Error {
  return new Error(`malformed DNS message: ${what}`);
}
