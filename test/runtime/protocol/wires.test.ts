import { createMemoryTransport, createTcpTransport } from "../../../src/runtime/transport/index.ts";
import { protocolContract } from "../../contract/protocol.ts";

const tcp = createTcpTransport();
const memory = createMemoryTransport();

protocolContract({
  name: "gRPC on TCP",
  server: { transport: tcp },
  client: () => ({ transport: tcp }),
  call: (server) => ({ address: server.address as string }),
});

protocolContract({
  name: "gRPC on the memory transport",
  server: { transport: memory },
  client: () => ({ transport: memory }),
  call: (server) => ({ address: server.address as string }),
});

protocolContract({
  name: "JSON on TCP",
  server: { transport: tcp },
  client: () => ({ transport: tcp }),
  call: (server) => ({ address: server.address as string, protocol: "json" }),
  skipStreams: "(plain HTTP/1.1 carries unary calls only; the error says to use gRPC)",
});

protocolContract({
  name: "direct, inside the process",
  server: {},
  client: (server) => ({ localService: () => server.dispatcher }),
  call: () => ({}),
});
