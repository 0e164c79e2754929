import { setTimeout as sleep } from "node:timers/promises";
import { createNatsLink, type NatsMessage, type NatsOptions } from "../../nats/index.ts";
import { serviceToJson } from "../record-json.ts";
import { checkRecord, compareServices, groupByVersion, sameRecord, splitRecord } from "../records.ts";
import type { Registry } from "../registry.ts";
import type { Service } from "../service.ts";
import { createWatchers } from "../watchers.ts";
import { decodeAnswer, decodeResult, encodeResult, SUBJECTS } from "./result.ts";

/** Settings of {@link createNatsRegistry}. */
export interface NatsRegistryOptions extends NatsOptions {
  /** How long a look-up waits for answers. Default 100, as go-micro. */
  readonly gatherMs?: number | undefined;
}

const MAX_ANSWERS = 10_000;
const MAX_GONE = 10_000;

/**
 * go-micro's NATS registry (`registry/nats` of v5 and of go-plugins): every process answers questions for itself, and tells changes to
 * who watches. A node lives as long as its process answers; `ttlMs` has no meaning. Its connection holds the process
 * until `close`.
 */
export function createNatsRegistry(options: NatsRegistryOptions = {}): Registry {
  const { gatherMs = 100 } = options;
  /** Service name -> node id -> record of that node. */
  const own = new Map<string, Map<string, Service>>();
  /** Go processes go on answering for nodes they have taken back: the last who said goodbye. */
  const gone = new Set<string>();
  const where = { where: "registry nats", id: "go.micro.registry" };
  const link = createNatsLink(options, {
    ...where,
    onReconnect: () => watchers.emit({ action: "reset" }),
  });
  let listening: Promise<unknown> | undefined;
  const watchers = createWatchers(() => {
    // Whoever asks hears of a failure; a watcher is told to look again once there is a connection.
    listen().catch(() => void retry());
  });
  let closed = false;

  async function retry(): Promise<void> {
    for (let pauseMs = 250; !closed; pauseMs = Math.min(2 * pauseMs, 30_000)) {
      await sleep(pauseMs, undefined, { ref: false });
      const stands = await listen().then(
        () => true,
        () => false,
      );
      if (stands) return watchers.emit({ action: "reset" });
    }
  }

  function recordsOf(name: string): Service[] {
    return groupByVersion(own.get(name)?.values() ?? []);
  }

  function onQuery({ data, reply }: NatsMessage): void {
    const asked = decodeResult(data);
    if (asked === undefined || asked.isCopy || reply === "") return;
    const { action, service } = asked;
    const names = action === "list" ? [...own.keys()] : action === "get" ? [service?.name ?? ""] : [];
    for (const record of names.flatMap(recordsOf)) link.answer(reply, JSON.stringify(serviceToJson(record)));
  }

  function onChange({ data }: NatsMessage): void {
    const { action, service, isCopy } = decodeResult(data) ?? {};
    if (service === undefined || isCopy === true || service.nodes.length === 0) return;
    if (action !== "create" && action !== "update" && action !== "delete") return;
    for (const { id } of service.nodes) remember(`${service.name} ${id}`, action === "delete");
    watchers.emit({ action, service });
  }

  function listen(): Promise<unknown> {
    listening ??= Promise.all(
      SUBJECTS.flatMap(({ query, watch }) => [
        link.subscribe(query, onQuery),
        link.subscribe(watch, onChange),
      ]),
    ).catch((error: unknown) => {
      listening = undefined;
      throw error;
    });
    return listening;
  }

  async function tell(action: "create" | "update" | "delete", service: Service): Promise<void> {
    for (const [index, { watch }] of SUBJECTS.entries())
      await link.publish(watch, encodeResult({ action, service, isCopy: index > 0 }));
  }

  function remember(key: string, isGone: boolean): void {
    gone.delete(key);
    if (!isGone) return;
    gone.add(key);
    if (gone.size > MAX_GONE) gone.delete(gone.keys().next().value as string);
  }

  async function ask(
    action: "get" | "list",
    name: string | undefined,
    signal?: AbortSignal,
  ): Promise<Service[]> {
    signal?.throwIfAborted();
    await listen();
    const inbox = await link.newInbox();
    const answers: Service[] = [];
    const end = await link.subscribe(inbox, ({ data }) => {
      const record = decodeAnswer(data);
      if (record !== undefined && answers.length < MAX_ANSWERS) answers.push(record);
    });
    try {
      const question =
        name === undefined ? undefined : { name, version: "", metadata: {}, endpoints: [], nodes: [] };
      for (const [index, { query }] of SUBJECTS.entries())
        await link.ask(query, encodeResult({ action, service: question, isCopy: index > 0 }), inbox);
      await sleep(gatherMs, undefined, { signal }).catch((error: unknown) => {
        throw signal?.aborted === true ? signal.reason : error;
      });
    } finally {
      end();
    }
    return answers;
  }

  /** One record per node, each node once, without those that are gone. */
  function single(records: readonly Service[]): Service[] {
    const nodes = new Map<string, Service>();
    for (const record of records)
      for (const one of splitRecord(record)) {
        const key = `${one.name} ${one.nodes[0]!.id}`;
        if (!gone.has(key)) nodes.set(`${one.version} ${key}`, one);
      }
    return [...nodes.values()];
  }

  return {
    name: "nats",
    address: link.address,

    async register(service) {
      checkRecord(service);
      await listen();
      for (const record of splitRecord(service)) {
        const nodes = own.get(service.name) ?? new Map<string, Service>();
        own.set(service.name, nodes);
        const id = record.nodes[0]!.id;
        const before = nodes.get(id);
        if (before !== undefined && sameRecord(before, record)) continue;
        nodes.set(id, record);
        await tell(before === undefined ? "create" : "update", record);
      }
    },

    async deregister(service) {
      await listen();
      const nodes = own.get(service.name);
      for (const { id } of service.nodes) {
        const record = nodes?.get(id);
        if (nodes === undefined || record === undefined) continue;
        nodes.delete(id);
        if (nodes.size === 0) own.delete(service.name);
        await tell("delete", record);
      }
    },

    async getService(name, { signal } = {}) {
      const records = await ask("get", name, signal);
      return groupByVersion(single(records.filter((record) => record.name === name)));
    },

    async listServices({ signal } = {}) {
      const byName = new Map<string, Service[]>();
      for (const record of single(await ask("list", undefined, signal)))
        byName.set(record.name, [...(byName.get(record.name) ?? []), record]);
      return [...byName.values()].flatMap(groupByVersion).sort(compareServices);
    },

    watch: watchers.watch,

    async close() {
      closed = true;
      watchers.end();
      await link.close();
    },
  };
}
