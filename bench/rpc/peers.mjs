// Everybody who is measured. Each is a module of its own, loaded by its own processes only: libraries that share a process share what
// the compiler has learnt of Node's inner functions, and garbage collection.
//
// A module exports serve() -> address, listening on loopback, and connect(address) -> { call(), close() }: one unary call of four bytes.

const ours = (protocol) => ({ module: "./peers/ours.mjs", option: protocol, isOurs: true });
const peer = (file, option) => ({ module: `./peers/${file}.mjs`, option, isOurs: false });

export const PEERS = {
  "ours, gRPC": ours("grpc"),
  "ours, Connect": ours("connect"),
  "ours, gRPC-Web": ours("grpc-web"),
  "ours, JSON wire": ours("json"),
  "@grpc/grpc-js": peer("grpc-js"),
  "connect-node, gRPC": peer("connect-node", "grpc"),
  "connect-node, Connect": peer("connect-node", "connect"),
  "Nest TCP": peer("nest-tcp"),
  "Moleculer TCP": peer("moleculer-tcp"),
  "raw node:http2": peer("node-http2"),
  "raw node:http2, gRPC frames": peer("node-http2-grpc"),
  "raw node:net": peer("node-net"),
};

/** Loads what stands behind a name of {@link PEERS}; `runtime` is the built runtime that ours are made of. */
export async function load(name, runtime) {
  const { module, option } = PEERS[name];
  const { create } = await import(module);
  return create(option, runtime);
}
