import { isIP } from "node:net";
import type { DnsRecord } from "./dns-message.ts";

/** Seconds; go-micro's. */
const TTL_SECONDS = 120;
/** The port of list entries: nothing listens there. */
const LIST_PORT = 9999;

export interface NodeRecordsInit {
  /** `go.micro.srv.greeter.micro`. */
  readonly serviceAddress: string;
  /** `<node id>.go.micro.srv.greeter.micro`. */
  readonly instanceAddress: string;
  /** This machine's name. */
  readonly host: string;
  /** A literal IP. */
  readonly ip: string;
  readonly port: number;
  readonly text: readonly Buffer[];
}

/** The records of one node, and which of them answer which question (go-micro `util/mdns/zone.go`). */
export interface NodeRecords {
  readonly pointer: DnsRecord;
  /** SRV, then A or AAAA, then TXT: what is announced. */
  readonly instance: readonly DnsRecord[];
}

export function createNodeRecords(init: NodeRecordsInit): NodeRecords {
  const named = { name: init.instanceAddress, ttlSeconds: TTL_SECONDS };
  return {
    pointer: {
      type: "PTR",
      name: init.serviceAddress,
      ttlSeconds: TTL_SECONDS,
      target: init.instanceAddress,
    },
    instance: [
      { ...named, type: "SRV", priority: 10, weight: 1, port: init.port, target: init.host },
      {
        type: isIP(init.ip) === 6 ? "AAAA" : "A",
        name: init.host,
        ttlSeconds: TTL_SECONDS,
        address: init.ip,
      },
      { ...named, type: "TXT", strings: init.text },
    ],
  };
}

/** The entry of one service in the list of all: port 9999, address 0.0.0.0, no text. */
export function createListRecords(service: string, listAddress: string, host: string): NodeRecords {
  return createNodeRecords({
    serviceAddress: listAddress,
    instanceAddress: `${service}.${listAddress}`,
    host,
    ip: "0.0.0.0",
    port: LIST_PORT,
    text: [],
  });
}

/** The same records as a goodbye. */
export function withoutLife(records: readonly DnsRecord[]): DnsRecord[] {
  return records.map((record) => ({ ...record, ttlSeconds: 0 }));
}

/** One instance as a packet tells it, not yet judged. */
export interface HeardInstance {
  /** `<node id>.<service>.micro`. */
  readonly name: string;
  /** Zero: a goodbye. */
  readonly ttlSeconds: number;
  readonly port: number;
  /** IPv4 first. */
  readonly addresses: readonly string[];
  /** Undefined: the packet had no TXT. */
  readonly text: readonly Buffer[] | undefined;
}

/** The instances below `.domain` a packet speaks of. Those named by a PTR alone have port 0. */
export function hearInstances(records: readonly DnsRecord[], domain: string): HeardInstance[] {
  const names = new Set<string>();
  const srv = new Map<string, DnsRecord & { type: "SRV" }>();
  const txt = new Map<string, readonly Buffer[]>();
  const ipv4 = new Map<string, string[]>();
  const ipv6 = new Map<string, string[]>();
  const goodbyes = new Set<string>();
  for (const record of records) {
    if (record.type === "PTR") names.add(record.target);
    else if (record.type === "SRV") srv.set(record.name, record);
    else if (record.type === "TXT") txt.set(record.name, record.strings);
    else {
      const byHost = record.type === "A" && isIP(record.address) === 4 ? ipv4 : ipv6;
      byHost.set(record.name, [...(byHost.get(record.name) ?? []), record.address].slice(0, 16));
    }
    if (record.ttlSeconds === 0) goodbyes.add(record.type === "PTR" ? record.target : record.name);
    if (record.type === "SRV" || record.type === "TXT") names.add(record.name);
  }
  return [...names]
    .filter((name) => name.endsWith(`.${domain}`))
    .map((name) => {
      const target = srv.get(name)?.target;
      return {
        name,
        ttlSeconds: goodbyes.has(name) ? 0 : (srv.get(name)?.ttlSeconds ?? TTL_SECONDS),
        port: srv.get(name)?.port ?? 0,
        addresses: target === undefined ? [] : [...(ipv4.get(target) ?? []), ...(ipv6.get(target) ?? [])],
        text: txt.get(name),
      };
    });
}
