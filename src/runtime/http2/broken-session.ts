import type { ServerHttp2Session } from "node:http2";
import type { Duplex } from "node:stream";

/** A break is seen at the third tick after it at the latest: within a second. */
const INTERVAL_MS = 300;
const PING_BYTES = 17;

interface SocketCounters {
  readonly bytesWritten?: number;
  /** Not public, but the only place that tells a socket that is stuck from one that has nothing to send. */
  readonly _handle?: { readonly writeQueueSize?: number } | null;
}

/**
 * Calls `onBroken` when a peer broke the protocol: node:http2 then says GOAWAY, listens no more, tells nobody and leaves
 * the socket open. Such a session does not send either. So each time a connection falls quiet a PING is written: one
 * that is neither sent nor stuck behind other bytes has met a session that is over. Returns what ends the watch.
 * Connections that are no sockets are not watched.
 */
export function watchForBreak(
  session: ServerHttp2Session,
  connection: Duplex,
  onBroken: () => void,
): () => void {
  const socket = connection as Duplex & SocketCounters;
  if (socket._handle?.writeQueueSize === undefined) return () => {};
  let written = 0;
  let isQuiet = true;
  let isAsked = false;
  const timer = setInterval(() => {
    if (session.destroyed || session.closed) return;
    const { bytesWritten = 0 } = socket;
    if (isAsked) {
      isAsked = false;
      const isStuck = socket._handle?.writeQueueSize !== 0;
      if (bytesWritten === written && !isStuck && session.state.outboundQueueSize !== 0) return onBroken();
      // Whatever else was sent meanwhile may have been that GOAWAY.
      isQuiet = bytesWritten === written + PING_BYTES;
      written = bytesWritten;
      return;
    }
    const wasQuiet = isQuiet;
    isQuiet = bytesWritten === written;
    written = bytesWritten;
    if (isQuiet && !wasQuiet) isAsked = session.ping(ignore);
  }, INTERVAL_MS);
  timer.unref();
  return () => clearInterval(timer);
}

function ignore(): void {}
