import type { IncomingMessage, ServerResponse } from "node:http";

/** Takes one line without its line break. */
export type LogLine = (line: string) => void;

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const LONGEST_FIELD = 1024;

/** Writes one line per request in Apache's combined format once the answer is sent or the client gone. */
export function logAccess(request: IncomingMessage, response: ServerResponse, log: LogLine): void {
  // Taken now: after a lost connection the socket no longer tells its peer.
  const peer = request.socket.remoteAddress ?? "-";
  const startedAt = new Date();
  let bytes = 0;
  const { write, end } = response;
  const count = (chunk: unknown): void => {
    if (typeof chunk === "string" || chunk instanceof Uint8Array) bytes += Buffer.byteLength(chunk);
  };
  response.write = ((...args: Parameters<typeof write>) => {
    count(args[0]);
    return write.apply(response, args);
  }) as typeof write;
  response.end = ((...args: Parameters<typeof end>) => {
    count(args[0]);
    return end.apply(response, args);
  }) as typeof end;
  response.once("close", () => {
    const status = response.writableFinished || response.headersSent ? response.statusCode : 499;
    log(combinedLine({ peer, startedAt, request, status, bytes }));
  });
}

interface Access {
  readonly peer: string;
  readonly startedAt: Date;
  readonly request: IncomingMessage;
  readonly status: number;
  readonly bytes: number;
}

function combinedLine({ peer, startedAt, request, status, bytes }: Access): string {
  const line = `${request.method ?? "-"} ${request.url ?? "-"} HTTP/${request.httpVersion}`;
  const fields = [line, request.headers.referer ?? "-", request.headers["user-agent"] ?? "-"].map(quoted);
  return `${peer} - - [${stamp(startedAt)}] ${fields[0]} ${status} ${bytes} ${fields[1]} ${fields[2]}`;
}

/** `22/Nov/2026:14:05:06 +0000` */
function stamp(date: Date): string {
  const two = (value: number): string => String(value).padStart(2, "0");
  const day = `${two(date.getUTCDate())}/${MONTHS[date.getUTCMonth()]}/${date.getUTCFullYear()}`;
  return `${day}:${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} +0000`;
}

/** In quotes, with everything escaped that could end the field, the line, or speak to a terminal. */
function quoted(value: string): string {
  const escaped = value.slice(0, LONGEST_FIELD).replace(/["\\]|[^\x20-\x7e]/g, (character) => {
    if (character === '"' || character === "\\") return `\\${character}`;
    const code = character.charCodeAt(0);
    return code < 0x100
      ? `\\x${code.toString(16).padStart(2, "0")}`
      : `\\u${code.toString(16).padStart(4, "0")}`;
  });
  return `"${escaped}"`;
}
