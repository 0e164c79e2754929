import { isIP } from "node:net";
import { badRequest } from "../../errors/index.ts";
import { type HostPort, parseAddress } from "../node-address.ts";
import type { Node, Service } from "../service.ts";
import { DNS_TYPES, type DnsQuestion, type DnsRecord } from "./dns-message.ts";
import { encodeMessage } from "./encode-message.ts";
import { instanceAddress, isDomainName, LIST_SERVICE, serviceAddress } from "./names.ts";
import { createListRecords, createNodeRecords, type NodeRecords, withoutLife } from "./node-records.ts";
import { encodeText } from "./txt.ts";

// What one UDP datagram can carry; go-micro writes and reads as much. RFC 6762 would stop at 9,000.
const MAX_PACKET_BYTES = 65_000;

/** One node of ours, as others see it. */
export interface Publication {
  /** One-node record. */
  readonly record: Service;
  readonly announcement: Buffer;
  readonly goodbye: Buffer;
}

/** Holds what this process publishes and answers questions about it; does no I/O. */
export interface Responder {
  /** Undefined: published already, and the same. Throws MicroError 400 for a node DNS cannot carry. */
  publish(record: Service): Publication | undefined;
  /** Undefined: was not published. */
  withdraw(service: string, id: string): Publication | undefined;
  publications(): Iterable<Publication>;
  recordsOf(service: string): Service[];
  serviceNames(): Iterable<string>;
  /** The packets that answer a question; one node each, as go-micro's reader wants it. */
  answer(question: DnsQuestion, id: number): Iterable<Buffer>;
}

interface Published extends Publication {
  readonly records: NodeRecords;
}

export function createResponder(domain: string, host: string): Responder {
  const services = new Map<string, Map<string, Published>>();
  const byInstance = new Map<string, Published>();
  const listAddress = serviceAddress(LIST_SERVICE, domain);
  // RFC 6763, section 9; go-micro answers it too.
  const enumeration = `_services._dns-sd._udp.${domain}`;

  function* matching(question: DnsQuestion): Generator<readonly DnsRecord[]> {
    const { name, type } = question;
    const wantsPointer = type === DNS_TYPES.PTR || type === DNS_TYPES.ANY;
    if (name === listAddress && wantsPointer) {
      for (const service of services.keys()) {
        const { pointer, instance } = createListRecords(service, listAddress, host);
        yield [pointer, ...instance];
      }
    } else if (name === enumeration && wantsPointer) {
      for (const service of services.keys())
        yield [{ type: "PTR", name, ttlSeconds: 120, target: serviceAddress(service, domain) }];
    } else if (byInstance.has(name)) {
      const answers = ofType(byInstance.get(name)!.records.instance, type);
      if (answers.length > 0) yield answers;
    } else if (wantsPointer && name.endsWith(`.${domain}`)) {
      const nodes = services.get(name.slice(0, -domain.length - 1));
      for (const { records } of nodes?.values() ?? []) yield [records.pointer, ...records.instance];
    }
  }

  return {
    publish(record) {
      const published = toPublished(record, domain, host);
      const { id } = record.nodes[0]!;
      const nodes = services.get(record.name) ?? new Map<string, Published>();
      const before = nodes.get(id);
      if (before?.announcement.equals(published.announcement)) return undefined;
      nodes.set(id, published);
      services.set(record.name, nodes);
      byInstance.set(instanceAddress(id, record.name, domain), published);
      return published;
    },
    withdraw(service, id) {
      const nodes = services.get(service);
      const published = nodes?.get(id);
      if (nodes === undefined || published === undefined) return undefined;
      nodes.delete(id);
      if (nodes.size === 0) services.delete(service);
      byInstance.delete(instanceAddress(id, service, domain));
      return published;
    },
    publications: () => byInstance.values(),
    recordsOf: (service) => [...(services.get(service)?.values() ?? [])].map(({ record }) => record),
    serviceNames: () => services.keys(),
    *answer(question, id) {
      for (const answers of matching(question)) {
        // go-micro v2.9 drops answers that do not repeat its question; it sends the id only back to who asked by QU.
        yield encodeMessage({
          id: question.wantsUnicast ? id : 0,
          isResponse: true,
          isAuthoritative: true,
          questions: [question],
          answers,
        });
      }
    },
  };
}

function toPublished(record: Service, domain: string, host: string): Published {
  const node = record.nodes[0]!;
  const refuse = (reason: string) =>
    badRequest(
      "go.micro.registry",
      `registry mdns cannot carry node ${node.id} of ${record.name}: ${reason}`,
    );
  const address = serviceAddress(record.name, domain);
  const instance = instanceAddress(node.id, record.name, domain);
  if (!isDomainName(instance))
    throw refuse("each part between dots must have 1 to 63 bytes, all together 253");
  const { host: ip, port } = addressOf(node);
  if (isIP(ip) === 0) throw refuse(`its address ${node.address} is not an IP with a port`);
  if (port === 0) throw refuse(`its address ${node.address} has no port`);
  try {
    const text = encodeText(record, node.metadata);
    const records = createNodeRecords({
      serviceAddress: address,
      instanceAddress: instance,
      host,
      ip,
      port,
      text,
    });
    const announcement = encodeMessage({ isResponse: true, answers: records.instance });
    if (announcement.length > MAX_PACKET_BYTES) throw new RangeError("its metadata does not fit one packet");
    const goodbye = encodeMessage({ isResponse: true, answers: withoutLife(records.instance) });
    return { record, records, announcement, goodbye };
  } catch (error) {
    if (error instanceof RangeError) throw refuse(error.message);
    throw error;
  }
}

/** A host that is no IP when there is none. */
function addressOf(node: Node): HostPort {
  try {
    return parseAddress(node.address);
  } catch {
    return { host: "", port: 0 };
  }
}

/** ANY: all; SRV: with the addresses; else that type alone. */
function ofType(records: readonly DnsRecord[], type: number): readonly DnsRecord[] {
  if (type === DNS_TYPES.ANY) return records;
  return records.filter(
    (record) => DNS_TYPES[record.type] === type || (type === DNS_TYPES.SRV && record.type !== "TXT"),
  );
}
