import type { Msg, NatsConnection, TlsOptions } from "@nats-io/transport-node";
import { MicroError, messageOf, unavailable } from "../errors/index.ts";
import { identityOf, parsePlace } from "./place.ts";

/** Where NATS is, and who we are there. */
export interface NatsOptions {
  /** `host:port`, `nats://user:password@host:port`, `nats://token@host:port`; `tls://` asks for TLS. Default `127.0.0.1:4222`. */
  readonly servers?: readonly string[] | undefined;
  /** PEM files for TLS. Default: the authorities that Node knows, no certificate of our own. */
  readonly tls?:
    | {
        readonly caFile?: string | undefined;
        readonly certFile?: string | undefined;
        readonly keyFile?: string | undefined;
      }
    | undefined;
  /** For connecting, and until the server confirms something. Default 5000. */
  readonly timeoutMs?: number | undefined;
}

/** What came by a subject. */
export interface NatsMessage {
  readonly data: Uint8Array;
  /** Where an answer goes; empty for none. */
  readonly reply: string;
}

/** A connection to NATS, made when it is first needed and kept for as long as the process wants it. */
export interface NatsLink {
  /** `127.0.0.1:4222`, without names and passwords. */
  readonly address: string;
  /** Rejects with MicroError 503 that names the address; the next attempt may succeed. */
  open(): Promise<void>;
  /** Resolves when the server has it. */
  publish(subject: string, data: Uint8Array | string): Promise<void>;
  /** Asks whoever listens: the answers go to the subject `reply`, which must be listened to before. */
  ask(subject: string, data: string, reply: string): Promise<void>;
  /** An answer; nobody learns when it is lost. */
  answer(subject: string, data: string): void;
  /** Resolves when the server knows of it: to what ends it. Of those sharing a queue one gets each message. */
  subscribe(
    subject: string,
    onMessage: (message: NatsMessage) => void,
    queue?: string | undefined,
  ): Promise<() => void>;
  /** A subject that nobody else uses. */
  newInbox(): Promise<string>;
  /** Largest message, in bytes; what the server says. */
  readonly maxBytes: number;
  close(): Promise<void>;
}

const RECONNECT_MS = 500;
/** What a server allows unless told otherwise. */
const DEFAULT_MAX_BYTES = 1024 * 1024;

/**
 * Connects with `@nats-io/transport-node`, which the program must have installed. A connection that breaks is made again
 * for ever, on another server if need be, with its subscriptions; `onReconnect` is told. `where` and `id` are for errors:
 * `registry nats`, `go.micro.registry`.
 */
export function createNatsLink(
  options: NatsOptions,
  { where, id, onReconnect }: { where: string; id: string; onReconnect?: () => void },
): NatsLink {
  const { servers = ["127.0.0.1:4222"], tls, timeoutMs = 5_000 } = options;
  const places = servers.map(parsePlace);
  const address = places.map(({ host }) => host).join(",");
  let connecting: Promise<NatsConnection> | undefined;
  let connection: NatsConnection | undefined;
  let closed = false;
  const fail = (reason: string, cause?: unknown): MicroError =>
    Object.assign(unavailable(id, `${where} (${address}) ${reason}`), { cause });

  async function connect(): Promise<NatsConnection> {
    const nats = await loadLibrary(fail);
    const { user, pass, token } = places[0] ?? {};
    const isSecure = tls !== undefined || places.some(({ isTls }) => isTls);
    const made = await nats
      .connect({
        servers: places.map(({ host }) => host),
        timeout: timeoutMs,
        maxReconnectAttempts: -1,
        reconnectTimeWait: RECONNECT_MS,
        ...(user === undefined ? {} : { user, pass: pass ?? "" }),
        ...(token === undefined ? {} : { token }),
        // Its type knows files only; whatever Node takes is passed on.
        ...(isSecure ? { tls: { ...definedOf(tls ?? {}), ...identityOf(places) } as TlsOptions } : {}),
      })
      .catch((error: unknown) => {
        throw fail(`cannot be reached: ${messageOf(error)}`, error);
      });
    void (async () => {
      for await (const { type } of made.status()) if (type === "reconnect") onReconnect?.();
    })();
    return made;
  }

  async function open(): Promise<NatsConnection> {
    if (closed) throw fail("is closed");
    connecting ??= connect();
    try {
      connection = await connecting;
    } catch (error) {
      connecting = undefined;
      throw error;
    }
    if (closed) throw fail("is closed");
    return connection;
  }

  /** The server answers in order: what was sent before has arrived then. */
  async function confirmed(nats: NatsConnection): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(fail(`did not answer within ${timeoutMs} ms`)), timeoutMs);
    });
    try {
      await Promise.race([nats.flush(), late]);
    } catch (error) {
      if (closed) throw fail("is closed");
      throw MicroError.is(error) ? error : fail(`is away: ${messageOf(error)}`, error);
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    address,
    async open() {
      await open();
    },
    async publish(subject, data) {
      const nats = await open();
      nats.publish(subject, data);
      await confirmed(nats);
    },
    async ask(subject, data, reply) {
      const nats = await open();
      nats.publish(subject, data, { reply });
      await confirmed(nats);
    },
    answer(subject, data) {
      if (!closed) connection?.publish(subject, data);
    },
    async subscribe(subject, onMessage, queue) {
      const nats = await open();
      const callback = (error: Error | null, message: Msg) => {
        if (error === null) onMessage({ data: message.data, reply: message.reply ?? "" });
      };
      const subscription = nats.subscribe(subject, { callback, ...(queue === undefined ? {} : { queue }) });
      await confirmed(nats);
      return () => {
        if (!subscription.isClosed()) subscription.unsubscribe();
      };
    },
    async newInbox() {
      return (await loadLibrary(fail)).createInbox();
    },
    get maxBytes() {
      return connection?.info?.max_payload ?? DEFAULT_MAX_BYTES;
    },
    async close() {
      closed = true;
      const made = await connecting?.catch(() => undefined);
      await made?.close();
    },
  };
}

async function loadLibrary(fail: (reason: string, cause: unknown) => MicroError) {
  try {
    return await import("@nats-io/transport-node");
  } catch (cause) {
    throw fail("needs the package @nats-io/transport-node: npm install @nats-io/transport-node", cause);
  }
}

/** Without what is undefined, which the library would take for given. */
function definedOf(files: NonNullable<NatsOptions["tls"]>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(files).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}
