import type { Service } from "./service.ts";

/** How a record is kept. */
export interface RegisterOptions {
  /**
   * How long the record lives unless registered again, in milliseconds. Undefined: until deregistered. mDNS has no use
   * for it: there a record lives as long as its process answers.
   */
  readonly ttlMs?: number | undefined;
}

/** How a lookup ends early. */
export interface LookupOptions {
  readonly signal?: AbortSignal | undefined;
}

/**
 * A change seen by a watcher. `create`, `update` and `delete` carry the nodes concerned, and only those. `reset` says
 * that changes may have been missed (the registry was away): look everything up again.
 */
export type RegistryEvent =
  | { readonly action: "create" | "update" | "delete"; readonly service: Service }
  | { readonly action: "reset" };

/**
 * Where services find each other.
 *
 * Contract, proven for every implementation by `test/contract/registry.ts`:
 * - `register` adds or replaces the nodes of the record; doing it again with the same node renews its time to live.
 *   It resolves once the record can be seen by others on this registry.
 * - `deregister` removes exactly the nodes of the record; removing an unknown one is no error.
 * - `getService` gives fresh records, one per version, each with all its nodes; an empty list when there is none.
 * - `listServices` gives every service once per version, sorted by name then version; some registries (mDNS) know
 *   names only and give empty `nodes` and `endpoints`.
 * - `watch` gives changes that happen after its first `next()` was called, in order, one record per event; it never
 *   ends by itself: an outage is retried inside with growing pauses and followed by `reset`. Returning the iterator
 *   or aborting the signal ends it without an error and frees everything. `create` may come again for a node that is
 *   known (an announcement repeated); a renewal that changes nothing is no event.
 * - A record needs a name and at least one node with id and address, else MicroError 400.
 * - Records given out are the caller's to change.
 * - Neither timers nor sockets of a registry keep a finished process alive; a lookup does while it is awaited.
 * - Calls may overlap. A registry that cannot be reached rejects with MicroError 503 that names its address; it does
 *   not retry, the caller does.
 * - `close` ends watchers and leaves no timer or socket; it does not deregister.
 */
export interface Registry {
  /** `memory`, `mdns`, `etcd`: the name that selects it. */
  readonly name: string;
  /** Where it is, for messages: `127.0.0.1:2379`, `224.0.0.251:5353`; empty for memory. */
  readonly address: string;
  /** True when nobody beyond this machine hears it or is heard: services then listen on loopback. Default false. */
  readonly loopbackOnly?: boolean;
  register(service: Service, options?: RegisterOptions): Promise<void>;
  deregister(service: Service): Promise<void>;
  getService(name: string, options?: LookupOptions): Promise<Service[]>;
  listServices(options?: LookupOptions): Promise<Service[]>;
  watch(options?: LookupOptions & { readonly name?: string | undefined }): AsyncIterable<RegistryEvent>;
  close(): Promise<void>;
}
