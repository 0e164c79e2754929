// Wastes connections in every way there is, from a process of its own: what that costs must not be taken for what it costs others.
// Tells its parent how many are open, and when the last one is gone.
//   fork("slow-callers.mjs", [count, port, port of TLS])
import { once } from "node:events";
import { connect } from "node:net";

const PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const SETTINGS = "\x00\x00\x00\x04\x00\x00\x00\x00\x00";
/** HEADERS of stream 1 without END_HEADERS: 16 of the 100 bytes it promises. */
const HALF_HEADERS = `\x00\x00\x64\x01\x00\x00\x00\x00\x01${"\x82".repeat(16)}`;

/** The head of a TLS record with a hello of 512 bytes, and its first bytes. */
const HALF_HELLO = `\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03${"r".repeat(32)}`;

/** How callers waste a connection: what they send at once, and then byte by byte, once a second. */
const WAYS = {
  "say nothing": ["", ""],
  "stop in the preface": [PREFACE.slice(0, 10), ""],
  "drip the preface": ["", PREFACE],
  "stop after the preface": [PREFACE, ""],
  "stop inside HTTP/2 headers": [PREFACE + SETTINGS + HALF_HEADERS, ""],
  "stop inside an HTTP/1.1 header": ["POST /greeter.Greeter/Hello HTTP/1.1\r\nHost: x\r\nX-A", ""],
  "drip HTTP/1.1 headers": ["GET /readyz HTTP/1.1\r\n", `X: ${"a".repeat(1000)}`],
  "stop inside a frame of mucp": ["POST / HTTP/1.1\r\nMicro-Service: x\r\nX", ""],
  "say nothing over TLS": ["", ""],
  "stop inside a TLS handshake": [HALF_HELLO, ""],
  "drip a TLS handshake": ["\x16", HALF_HELLO.slice(1)],
};

const [count = 0, port = 0, securePort = 0] = process.argv.slice(2).map(Number);
const ways = Object.entries(WAYS);
const open = new Set();
const drips = new Map();
const began = performance.now();
const connected = Array.from({ length: count }, (_, index) => {
  const [way, [atOnce, drip]] = ways[index % ways.length];
  const socket = connect(way.includes("TLS") ? securePort : port, "127.0.0.1", () =>
    socket.write(atOnce, "latin1"),
  );
  socket.resume();
  socket.on("error", () => {});
  socket.on("close", () => {
    open.delete(socket);
    if (open.size === 0) process.send({ goneMs: performance.now() - began }, () => process.exit());
  });
  open.add(socket);
  drips.set(socket, drip);
  return once(socket, "connect");
});
setInterval(() => {
  for (const socket of open) {
    const rest = drips.get(socket);
    if (rest === "") continue;
    socket.write(rest.slice(0, 1), "latin1");
    drips.set(socket, rest.slice(1));
  }
}, 1000);
await Promise.all(connected);
process.send({ held: open.size });
