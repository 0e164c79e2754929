import type { ClientRequest, IncomingMessage } from "node:http";
import { type Duplex, pipeline } from "node:stream";
import type { Outcome } from "@micro-service/runtime";
import {
  type Forwarding,
  type ForwardTarget,
  nextNode,
  unanswered,
  upstreamHeaders,
} from "./forward-request.ts";
import { isConnectFailure } from "./upstream.ts";

const MOST_ATTEMPTS = 3;
/** A WebSocket may be silent for long; longer than this it is taken for dead. */
const IDLE_MS = 10 * 60_000;

/** Passes a WebSocket through: the handshake is rebuilt from its parts, after that bytes flow both ways. */
export async function forwardUpgrade(
  forwarding: Forwarding,
  target: ForwardTarget,
  request: IncomingMessage,
  client: Duplex,
  head: Buffer,
): Promise<void> {
  const headers = upstreamHeaders(request, target, forwarding.trustForwarded);
  headers.set("connection", ["Upgrade"]);
  headers.set("upgrade", ["websocket"]);
  const tried = new Set<string>();
  let failure: unknown;
  for (;;) {
    const node = await nextNode(forwarding, target.service, tried, failure);
    const outgoing = forwarding.upstream.open({
      service: target.service,
      node,
      method: "GET",
      path: target.path,
      headers,
    });
    let outcome: Outcome = "failure";
    let clientLeft = false;
    const gone = (): void => {
      clientLeft = true;
      outgoing.destroy();
    };
    client.once("close", gone);
    try {
      const answer = await answerOf(outgoing);
      outcome = "success";
      sendBack(answer, client, head);
      return;
    } catch (error) {
      if (clientLeft) {
        outcome = "success";
        return;
      }
      failure = error;
      if (isConnectFailure(error) && tried.size < MOST_ATTEMPTS) continue;
      throw unanswered(forwarding.id, target.service, error);
    } finally {
      client.off("close", gone);
      forwarding.selector.report(node, outcome);
    }
  }
}

function answerOf(outgoing: ClientRequest): Promise<Answer> {
  return new Promise((resolve, reject) => {
    outgoing.once("upgrade", (response, socket, rest) => resolve({ response, socket, rest }));
    outgoing.once("response", (response) => resolve({ response, socket: undefined, rest: Buffer.alloc(0) }));
    outgoing.once("error", reject);
    outgoing.end();
  });
}

interface Answer {
  readonly response: IncomingMessage;
  /** Undefined when the service declined. */
  readonly socket: Duplex | undefined;
  readonly rest: Buffer;
}

const DROPPED = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-connection",
  "transfer-encoding",
  "upgrade",
]);

function sendBack({ response, socket, rest }: Answer, client: Duplex, head: Buffer): void {
  const lines = [`HTTP/1.1 ${response.statusCode} ${response.statusMessage ?? ""}`.trim()];
  for (const [name, values] of Object.entries(response.headersDistinct)) {
    if (DROPPED.has(name)) continue;
    for (const value of values ?? []) lines.push(`${name}: ${value}`);
  }
  lines.push(`connection: ${socket === undefined ? "close" : "Upgrade"}`);
  if (socket !== undefined) lines.push("upgrade: websocket");
  client.write(`${lines.join("\r\n")}\r\n\r\n`);
  if (socket === undefined) {
    // Either side that breaks off ends the other.
    pipeline(response, client, () => client.destroy());
    return;
  }
  tie(client, socket);
  if (head.length > 0) socket.write(head);
  if (rest.length > 0) client.write(rest);
  client.pipe(socket).pipe(client);
}

/** The end of either side is the end of both. */
function tie(a: Duplex, b: Duplex): void {
  for (const [from, to] of [
    [a, b],
    [b, a],
  ] as const) {
    from.on("error", () => to.destroy());
    from.once("close", () => to.destroy());
    if ("setTimeout" in from && typeof from.setTimeout === "function")
      from.setTimeout(IDLE_MS, () => from.destroy());
  }
}
