import type { Duplex } from "node:stream";
import { TLSSocket } from "node:tls";

/** What a new connection speaks, told by its first bytes. `mucp` is go-micro's RPC, HTTP/1.1 by its looks alone. */
export type Wire = "http2" | "http1" | "mucp";

const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
/** How every frame of mucp begins, and hardly any other request: no call of another wire has the path `/`. */
const MUCP_START = Buffer.from("POST / HTTP/1.1\r\n");
/** What tells mucp from a person's POST to `/`: one of its header fields, in new or old spelling, or one of its codecs. */
const MUCP_FIELD = /\r\n(?:(?:x-)?micro-[a-z-]+:|content-type:[ \t]*application\/(?:proto|json)-rpc)/i;
const TOO_LATE = "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
const MAX_HEAD_BYTES = 16_384;

export interface SniffOptions {
  /** A connection that has not told within this time is closed. Default 5000. */
  readonly timeoutMs?: number | undefined;
}

/**
 * Reads as little as tells HTTP/2 (its preface, RFC 9113 section 3.4) and mucp (its first header block) from other
 * HTTP/1.1, puts the bytes back and calls `onWire`. A connection that ends or stays silent before that, or speaks neither, is
 * destroyed and `onWire` is never called. Over TLS a peer that asked for `h2` is taken at its word (ALPN, RFC 9113 section
 * 3.2).
 */
export function sniffWire(
  connection: Duplex,
  onWire: (wire: Wire, connection: Duplex) => void,
  options: SniffOptions = {},
): void {
  if (connection instanceof TLSSocket && connection.alpnProtocol === "h2") {
    onWire("http2", connection);
    return;
  }
  let seen: Buffer = Buffer.alloc(0);
  const timer = setTimeout(() => {
    stop();
    // Of a header that began to come it is known that HTTP/1.1 is spoken.
    if (seen.length >= MUCP_START.length) connection.end(TOO_LATE, () => connection.destroy());
    else connection.destroy();
  }, options.timeoutMs ?? 5000);
  const stop = () => {
    clearTimeout(timer);
    connection.off("readable", onReadable);
    connection.off("end", onEnd);
    connection.off("close", stop);
  };
  const onEnd = () => {
    stop();
    connection.destroy();
  };
  const onReadable = () => {
    for (let chunk = connection.read(); chunk !== null; chunk = connection.read()) {
      seen = seen.length === 0 ? chunk : Buffer.concat([seen, chunk]);
    }
    const wire = wireOf(seen);
    if (wire === "none") connection.destroy();
    else if (wire !== undefined) decide(wire);
  };
  const decide = (wire: Wire) => {
    stop();
    connection.unshift(seen);
    onWire(wire, connection);
  };
  connection.on("readable", onReadable);
  connection.on("end", onEnd);
  connection.on("close", stop);
}

/** Undefined while the bytes could still become more than one; `none` for a first line that no HTTP has. */
function wireOf(seen: Buffer): Wire | "none" | undefined {
  if (beginsWith(seen, PREFACE)) return seen.length >= PREFACE.length ? "http2" : undefined;
  if (!beginsWith(seen, MUCP_START)) return isNoHttp(seen) ? "none" : "http1";
  const end = seen.indexOf("\r\n\r\n");
  if (end < 0) return seen.length > MAX_HEAD_BYTES ? "http1" : undefined;
  return MUCP_FIELD.test(seen.toString("latin1", 0, end)) ? "mucp" : "http1";
}

/** True also when `seen` is shorter and agrees so far. */
function beginsWith(seen: Buffer, start: Buffer): boolean {
  const length = Math.min(seen.length, start.length);
  return seen.compare(start, 0, length, 0, length) === 0;
}

/**
 * Nobody is there to read an HTTP answer, and a broken HTTP/2 preface must end the connection (RFC 9113 section 3.4).
 * Whoever at least says `HTTP/` is told 400.
 */
function isNoHttp(seen: Buffer): boolean {
  const end = seen.indexOf("\n");
  return end > 1 && !seen.subarray(0, end).includes(" HTTP/");
}
