import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { isDialable, MicroError, type Node, type Outcome, type Selector } from "@micro-service/runtime";
import { forwardedHeaders, returnedHeaders } from "../gateway/forward-headers.ts";
import { httpError } from "../gateway/send-error.ts";
import { isConnectFailure, isSecure, responseOf, type Upstream, UpstreamSilentError } from "./upstream.ts";

export interface Forwarding {
  readonly selector: Selector;
  readonly upstream: Upstream;
  readonly trustForwarded: boolean;
  /** Id of the errors made here. */
  readonly id: string;
}

export interface ForwardTarget {
  /** Full name on the registry. */
  readonly service: string;
  /** `/greeter`: what was cut off the path. */
  readonly basePath: string;
  /** Path and query as the service sees them. */
  readonly path: string;
}

/** Nodes tried before giving up, when they do not even accept a connection. */
const MOST_ATTEMPTS = 3;

/**
 * Sends a request on to a node of a service and its answer back, both as streams. A node that does not accept the
 * connection is left for another; once bytes may have arrived nothing is sent twice.
 */
export async function forwardRequest(
  forwarding: Forwarding,
  target: ForwardTarget,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const headers = upstreamHeaders(request, target, forwarding.trustForwarded);
  const hasBody =
    request.headers["content-length"] !== undefined || request.headers["transfer-encoding"] !== undefined;
  const tried = new Set<string>();
  let resets = 0;
  let failure: unknown;
  for (;;) {
    const node = await nextNode(forwarding, target.service, tried, failure);
    const outgoing = forwarding.upstream.open({
      service: target.service,
      node,
      method: request.method ?? "GET",
      path: target.path,
      headers,
    });
    let outcome: Outcome = "failure";
    let answer: IncomingMessage | undefined;
    let clientLeft = false;
    const gone = (): void => {
      // A service that breaks off ends the client's connection too, but tells it first.
      clientLeft = answer?.errored == null;
      outgoing.destroy();
    };
    response.once("close", gone);
    try {
      const answered = responseOf(outgoing);
      if (hasBody) await waitForConnection(outgoing, answered).then(() => request.pipe(outgoing));
      else outgoing.end();
      answer = await answered;
      await sendBack(answer, response, node, target);
      outcome = "success";
      return;
    } catch (error) {
      if (clientLeft) {
        outcome = "success";
        return;
      }
      // A kept connection that the node closed at this very moment says nothing about the node.
      if (outgoing.reusedSocket && isReset(error) && !hasBody && !response.headersSent && resets++ < 1) {
        outcome = "success";
        tried.delete(node.id);
        continue;
      }
      if (response.headersSent) return void response.destroy();
      failure = error;
      if (isConnectFailure(error) && tried.size < MOST_ATTEMPTS) continue;
      throw unanswered(forwarding.id, target.service, error);
    } finally {
      response.off("close", gone);
      // Exactly once per node taken, and not before the answer has gone through: the selector counts what is in flight.
      forwarding.selector.report(node, outcome);
    }
  }
}

/** 504 for a silent service, 502 for everything else that kept it from answering. */
export function unanswered(id: string, service: string, error: unknown): MicroError {
  if (MicroError.is(error)) return error;
  const reason = error instanceof Error ? error.message : String(error);
  const code = error instanceof UpstreamSilentError ? 504 : 502;
  return httpError(id, code, `web service ${service} could not answer: ${reason}`);
}

/** A node of the service that has not been tried; the registry's 404 or 503 as it is. `failure`: what the last one said. */
export async function nextNode(
  { selector, id }: Forwarding,
  service: string,
  tried: Set<string>,
  failure?: unknown,
): Promise<Node> {
  const { node } = await selector.next(service, {
    exclude: tried,
    filter: (candidate) => isDialable(candidate.node.address),
  });
  if (tried.has(node.id)) {
    // Handed out again because there is no other; it has just failed.
    selector.report(node, "failure");
    const why = failure instanceof Error ? `: ${failure.message}` : "";
    throw httpError(id, 502, `no node of web service ${service} accepts connections${why}`);
  }
  tried.add(node.id);
  return node;
}

/** What the service sees: our client's headers, and where it is mounted. */
export function upstreamHeaders(
  request: IncomingMessage,
  target: ForwardTarget,
  trustForwarded: boolean,
): Map<string, string[]> {
  const headers = forwardedHeaders(request, { trustForwarded });
  // Answered by Node already; the service must not wait for what never comes.
  headers.delete("expect");
  headers.set("x-micro-web-base-path", [target.basePath]);
  return headers;
}

/** The body may flow only into a connection that stands: a stream can be read once, and the next node needs it too. */
function waitForConnection(
  outgoing: ReturnType<Upstream["open"]>,
  answered: Promise<unknown>,
): Promise<void> {
  const connected = new Promise<void>((resolve) => {
    outgoing.once("socket", (socket) => {
      if (!socket.connecting) resolve();
      else socket.once("connect", () => resolve());
    });
  });
  return Promise.race([connected, answered.then(() => {})]);
}

function isReset(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "ECONNRESET";
}

async function sendBack(
  answer: IncomingMessage,
  response: ServerResponse,
  node: Node,
  { basePath }: ForwardTarget,
): Promise<void> {
  for (const [name, values] of returnedHeaders(answer.headersDistinct)) {
    response.setHeader(name, values.length === 1 ? (values[0] as string) : values);
  }
  const location = answer.headers.location;
  // An absolute redirect to the node itself would lead the browser past us, to an address it cannot reach.
  const own = `${isSecure(node) ? "https" : "http"}://${node.address}/`;
  if (location?.startsWith(own)) response.setHeader("location", `${basePath}/${location.slice(own.length)}`);
  response.writeHead(answer.statusCode ?? 502);
  await pipeline(answer, response);
}
