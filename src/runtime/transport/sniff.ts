import type { Duplex } from "node:stream";

/** What a new connection speaks, told by its first bytes. */
export type Wire = "http2" | "http1";

const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

export interface SniffOptions {
  /** A connection that has not told within this time is closed. Default 5000. */
  readonly timeoutMs?: number | undefined;
}

/**
 * Reads as little as tells HTTP/2 (its preface, RFC 9113 section 3.4) from HTTP/1.1, puts the bytes back and calls
 * `onWire`. A connection that ends or stays silent before that is destroyed and `onWire` is never called.
 */
export function sniffWire(
  connection: Duplex,
  onWire: (wire: Wire, connection: Duplex) => void,
  options: SniffOptions = {},
): void {
  let seen: Buffer = Buffer.alloc(0);
  const timer = setTimeout(() => connection.destroy(), options.timeoutMs ?? 5000);
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
    if (wire === undefined) return;
    stop();
    connection.unshift(seen);
    onWire(wire, connection);
  };
  connection.on("readable", onReadable);
  connection.on("end", onEnd);
  connection.on("close", stop);
}

/** Undefined while the bytes could still become either. */
function wireOf(seen: Buffer): Wire | undefined {
  const length = Math.min(seen.length, PREFACE.length);
  if (seen.compare(PREFACE, 0, length, 0, length) !== 0) return "http1";
  return length === PREFACE.length ? "http2" : undefined;
}
