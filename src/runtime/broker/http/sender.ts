import { Agent, type ClientRequest, request as httpRequest, type RequestOptions } from "node:http";
import type { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { formatAddress, type Node } from "../../registry/index.ts";
import type { Subscriber } from "./directory.ts";
import { markUnseen } from "./lanes.ts";
import { bodyFor, type Parcel } from "./parcel.ts";

/** Posts events to subscribers. */
export interface Sender {
  /** Rejects when the node did not take the event: not reached (after three attempts), or no answer in time. */
  send(to: Subscriber, parcel: Parcel): Promise<void>;
  close(): void;
}

export interface SenderOptions {
  /** How long a node may take over one event, its answer included. Default 5000. */
  readonly timeoutMs?: number | undefined;
  /** Connects over TLS. With it no event goes anywhere in plain text, whatever a node says of itself. */
  readonly dial?: ((address: string) => Promise<Duplex>) | undefined;
}

type Request = (url: URL, options: RequestOptions) => ClientRequest;

const PAUSES_MS = [50, 250];
/** Shorter than Go's and our server keep a connection, so that we are the side that lets go. */
const IDLE_MS = 30_000;

const CONNECTIONS = { keepAlive: true, maxSockets: 16, maxFreeSockets: 4, timeout: IDLE_MS };

export function createSender({ timeoutMs = 5_000, dial }: SenderOptions): Sender {
  const agent = dial === undefined ? new Agent(CONNECTIONS) : createDiallingAgent(dial);
  const tooSlow = () => new Error(`no answer within ${timeoutMs} ms`);
  let secure: Promise<{ request: Request; agent: Agent }> | undefined;

  async function wireOf(node: Node): Promise<{ request: Request; agent: Agent; scheme: string }> {
    if (dial !== undefined || node.metadata.secure !== "true")
      return { request: httpRequest, agent, scheme: "http" };
    secure ??= import("node:https").then((https) => ({
      request: https.request,
      agent: new https.Agent(CONNECTIONS),
    }));
    return { ...(await secure), scheme: "https" };
  }

  async function post({ node, dialect }: Subscriber, parcel: Parcel): Promise<void> {
    const { request, agent: connections, scheme } = await wireOf(node);
    const url = new URL(`${scheme}://${node.address}${dialect.path}?id=${encodeURIComponent(node.id)}`);
    const body = Buffer.from(bodyFor(dialect, parcel));
    const outgoing = request(url, {
      method: "POST",
      agent: connections,
      timeout: timeoutMs,
      headers: { "content-type": "application/json", "content-length": body.length },
    });
    await new Promise<void>((resolve, reject) => {
      // Overall, unlike `timeout`: an answer that drips would hold up everybody else's events of the topic.
      const timer = setTimeout(() => outgoing.destroy(tooSlow()), timeoutMs);
      outgoing.on("close", () => clearTimeout(timer));
      outgoing.on("response", (response) => {
        response.resume();
        // go-micro says 200 whatever its handler does, and anything else when it could not read the event. Ours says more:
        // 404 is no such subscriber, here or any more.
        const { statusCode } = response;
        response.on("end", () => {
          if (statusCode === 404) reject(new NoSubscriber());
          else if ((statusCode ?? 0) >= 300) reject(new Error(`it refused it with ${statusCode}`));
          else resolve();
        });
        response.on("error", reject);
      });
      outgoing.on("timeout", () => outgoing.destroy(tooSlow()));
      outgoing.on("error", (error) => reject(Object.assign(error, { reusedSocket: outgoing.reusedSocket })));
      outgoing.end(body);
    });
  }

  return {
    async send(to, parcel) {
      for (const pauseMs of PAUSES_MS) {
        try {
          return await post(to, parcel);
        } catch (error) {
          // Anything else may have arrived, and an event must not come twice.
          if (error instanceof NoSubscriber) throw markUnseen(error);
          if (!isUnsent(error)) throw error;
          // Somebody else will do, and at once.
          if ((parcel.others?.length ?? 0) > 0) throw markUnseen(error);
          await sleep(pauseMs);
        }
      }
      return post(to, parcel);
    },
    close() {
      agent.destroy();
      void secure?.then((made) => made.agent.destroy());
    },
  };
}

type Connected = (error: Error | null, connection?: Duplex) => void;

function createDiallingAgent(dial: (address: string) => Promise<Duplex>): Agent {
  const createConnection = (
    { host, port }: { host: string; port: number },
    connected: Connected,
  ): undefined => {
    dial(formatAddress(host, port)).then((connection) => connected(null, connection), connected);
  };
  return Object.assign(new Agent(CONNECTIONS), { createConnection });
}

/** The node is there, the subscription is not. */
class NoSubscriber extends Error {
  constructor() {
    super("it has no such subscription");
  }
}

/** True when the subscriber cannot have seen the event: no connection, or an idle one that was just being closed. */
function isUnsent(error: unknown): boolean {
  const { code, syscall, reusedSocket } = error as {
    code?: string;
    syscall?: string;
    reusedSocket?: boolean;
  };
  return (
    syscall === "connect" || syscall === "getaddrinfo" || (reusedSocket === true && code === "ECONNRESET")
  );
}
