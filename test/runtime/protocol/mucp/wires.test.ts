import { createMemoryTransport, createTcpTransport } from "../../../../src/runtime/transport/index.ts";
import { protocolContract } from "../../../contract/protocol.ts";

for (const [name, transport] of [
  ["TCP", createTcpTransport()],
  ["the memory transport", createMemoryTransport()],
] as const) {
  protocolContract({
    name: `mucp on ${name}`,
    server: { transport },
    client: () => ({ transport }),
    call: (server) => ({ address: server.address as string, protocol: "mucp" }),
  });
}
