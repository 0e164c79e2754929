import { createMemoryTransport, createTcpTransport } from "../../../src/runtime/transport/index.ts";
import { protocolContract } from "../../contract/protocol.ts";

const tcp = createTcpTransport();
const memory = createMemoryTransport();

for (const [name, transport] of [
  ["TCP", tcp],
  ["the memory transport", memory],
] as const) {
  protocolContract({
    name: `gRPC on ${name}`,
    server: { transport },
    client: () => ({ transport }),
    call: (server) => ({ address: server.address as string }),
  });
}

protocolContract({
  name: "connect on HTTP/1.1 on the memory transport",
  server: { transport: memory },
  client: () => ({ transport: memory, httpVersion: "1.1" }),
  call: (server) => ({ address: server.address as string, protocol: "connect" }),
});

for (const protocol of ["connect", "grpc-web"]) {
  for (const httpVersion of ["1.1", "2"] as const) {
    protocolContract({
      name: `${protocol} on HTTP/${httpVersion}`,
      server: { transport: tcp },
      client: () => ({ transport: tcp, httpVersion }),
      call: (server) => ({ address: server.address as string, protocol }),
    });
  }
}

for (const httpVersion of ["1.1", "2"] as const) {
  protocolContract({
    name: `JSON on HTTP/${httpVersion}`,
    server: { transport: tcp },
    client: () => ({ transport: tcp, httpVersion }),
    call: (server) => ({ address: server.address as string, protocol: "json" }),
    skipStreams: "(plain JSON carries unary calls only; the error says what to use)",
  });
}

protocolContract({
  name: "direct, inside the process",
  server: {},
  client: (server) => ({ localService: () => server.dispatcher }),
  call: () => ({}),
});
