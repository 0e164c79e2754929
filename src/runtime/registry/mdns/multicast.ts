import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { type MicroError, unavailable } from "../../errors/index.ts";
import type { Clock } from "../clock.ts";
import { formatAddress } from "../node-address.ts";
import { type Link, lookAround, type Neighbourhood, withoutScope } from "./neighbourhood.ts";

const GROUPS = { 4: "224.0.0.251", 6: "ff02::fb" } as const;

// Interfaces come and go (VPN, Wi-Fi, containers) and nobody tells.
const LOOK_AROUND_EVERY_MS = 5_000;

export interface MulticastOptions {
  readonly address: string | undefined;
  readonly port: number;
  readonly clock: Clock;
  /** `sender` is without scope. `reply` answers to the sender alone. */
  readonly onPacket: (packet: Buffer, sender: string, reply: (packet: Buffer) => void) => void;
  /** Interfaces have changed since the sockets were opened. */
  readonly onLinksChanged: () => void;
  /** A socket died; everything is closed until the next `open`. */
  readonly onLost: () => void;
}

/** Sockets on the mDNS groups: one per family that listens, one per link that asks and announces. */
export interface Multicast {
  /** Opens what is not open yet. Rejects with MicroError 503 that says what is in the way. */
  open(): Promise<void>;
  /** To everybody on every link. Rejects with MicroError 503 when no link takes it. */
  send(packet: Buffer): Promise<void>;
  neighbourhood(): Neighbourhood;
  close(): void;
}

export function createMulticast(options: MulticastOptions): Multicast {
  const { address, port, clock } = options;
  const where = `registry mdns (${placeOf(address, port)})`;
  const fail = (reason: string, cause?: unknown): MicroError =>
    Object.assign(unavailable("go.micro.registry", `${where} ${reason}`), { cause });

  let around = lookAround(address);
  let opening: Promise<void> | undefined;
  let listeners: { family: 4 | 6; socket: Socket }[] = [];
  let senders: { link: Link; socket: Socket }[] = [];
  let cancelLookAround = () => {};
  let closed = false;

  const shut = () => {
    cancelLookAround();
    opening = undefined;
    for (const { socket } of [...listeners, ...senders]) closeQuietly(socket);
    listeners = [];
    senders = [];
  };
  const receive = (socket: Socket) => {
    socket.on("message", (packet, from: RemoteInfo) => {
      options.onPacket(packet, withoutScope(from.address), (answer) => {
        // A reply that cannot be sent is like one that is lost: the asker asks again.
        socket.send(answer, from.port, from.address, () => {});
      });
    });
  };

  const listen = async (family: 4 | 6) => {
    const socket = createSocket({ type: `udp${family}`, reuseAddr: true, ipv6Only: family === 6 });
    receive(socket);
    await bind(socket, port, family === 4 ? "0.0.0.0" : "::");
    socket.on("error", () => {
      shut();
      options.onLost();
    });
    listeners.push({ family, socket });
  };

  const connect = async (link: Link): Promise<void> => {
    const listener = listeners.find(({ family }) => family === link.family)?.socket;
    if (listener === undefined) return;
    const socket = createSocket({ type: `udp${link.family}`, ipv6Only: link.family === 6 });
    try {
      joinGroup(listener, link);
      receive(socket);
      await bind(socket, 0, link.family === 4 ? link.address : "::");
      socket.setMulticastInterface(link.family === 4 ? link.address : `::%${link.name}`);
      socket.setMulticastLoopback(true);
      socket.setMulticastTTL(255);
      socket.on("error", () => {
        senders = senders.filter((sender) => sender.socket !== socket);
        closeQuietly(socket);
      });
      senders.push({ link, socket });
    } catch (error) {
      // One link less (a VPN that does no multicast): only having none at all is an error.
      closeQuietly(socket);
      lastProblem = error;
    }
  };
  let lastProblem: unknown;

  const connectLinks = async () => {
    const key = (link: Link) => `${link.family} ${link.name} ${link.address}`;
    const wanted = new Set(around.links.map(key));
    for (const { link, socket } of senders) if (!wanted.has(key(link))) closeQuietly(socket);
    senders = senders.filter(({ link }) => wanted.has(key(link)));
    const present = new Set(senders.map(({ link }) => key(link)));
    await Promise.all(around.links.filter((link) => !present.has(key(link))).map(connect));
  };

  const keepLooking = () => {
    cancelLookAround = clock.after(LOOK_AROUND_EVERY_MS, () => {
      const before = around.fingerprint;
      around = lookAround(address);
      keepLooking();
      if (around.fingerprint !== before) void connectLinks().then(options.onLinksChanged);
    });
  };

  const openAll = async () => {
    around = lookAround(address);
    if (address !== undefined && around.links.length === 0)
      throw fail(`cannot speak on ${address}: no interface of this machine has that address`);
    const families = [4, 6] as const;
    const problems: unknown[] = [];
    for (const family of families) {
      if (!around.links.some((link) => link.family === family)) continue;
      await listen(family).catch((error) => problems.push(error));
    }
    if (listeners.length === 0) throw fail(describe(problems[0], port), problems[0]);
    await connectLinks();
    if (senders.length === 0) throw fail("found no interface that can do multicast", lastProblem);
    if (closed) shut();
    else keepLooking();
  };

  return {
    async open() {
      if (closed) throw fail("is closed");
      opening ??= openAll().catch((error: unknown) => {
        shut();
        throw error;
      });
      await opening;
    },
    async send(packet) {
      const results = await Promise.allSettled(
        senders.map(
          ({ link, socket }) =>
            new Promise<void>((resolve, reject) =>
              socket.send(packet, port, GROUPS[link.family], (error) => (error ? reject(error) : resolve())),
            ),
        ),
      );
      if (results.some((result) => result.status === "fulfilled")) return;
      const first = results[0];
      throw fail("could not send on any interface", first?.status === "rejected" ? first.reason : undefined);
    },
    neighbourhood: () => around,
    close() {
      closed = true;
      shut();
    },
  };
}

/** Where we speak, for messages: `224.0.0.251:5353`, `[ff02::fb]:5353 on fe80::1`. */
export function placeOf(address: string | undefined, port: number): string {
  if (address === undefined) return `${GROUPS[4]}:${port}`;
  return `${formatAddress(GROUPS[address.includes(":") ? 6 : 4], port)} on ${address}`;
}

function bind(socket: Socket, port: number, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once("error", reject);
    socket.bind({ port, address }, () => {
      socket.off("error", reject);
      socket.unref();
      resolve();
    });
  });
}

function joinGroup(listener: Socket, link: Link): void {
  try {
    listener.addMembership(GROUPS[link.family], link.family === 4 ? link.address : `::%${link.name}`);
  } catch (error) {
    // Joined through another address of the same interface.
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
  }
}

function closeQuietly(socket: Socket): void {
  try {
    socket.close();
  } catch {
    // Closed by its own error already.
  }
}

function describe(error: unknown, port: number): string {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (code === "EADDRINUSE")
    return `cannot listen: UDP port ${port} is taken by a program that does not share it`;
  if (code === "EACCES" || code === "EPERM") return `cannot listen: this user may not open UDP port ${port}`;
  return `cannot listen on UDP port ${port}${code === undefined ? "" : ` (${code})`}`;
}
