/** A message of one text, its bytes being the text: what is measured is the carrying, not the codec. */
const text = {
  typeName: "bench.Text",
  create: (init) => ({ text: init?.text ?? "" }),
  encode: (message) => Buffer.from(message.text, "latin1"),
  decode: (bytes, start = 0, end = bytes.length) => ({ text: bytes.latin1Slice(start, end) }),
};
const method = {
  name: "Call",
  kind: "unary",
  service: "bench.Echo",
  input: text,
  output: text,
  idempotency: "unknown",
};

/** A service as users run it: every default is on, the callee is found by its name. */
export async function create(protocol, runtime) {
  const { createConnection, createMemoryBroker, createMemoryRegistry, createService } = await import(runtime);
  const surroundings = () => ({
    registry: createMemoryRegistry(),
    broker: createMemoryBroker(),
    args: [],
    env: {},
    logger: { debug() {}, info() {}, warn() {}, error() {} },
  });
  return {
    async serve() {
      const service = await createService({ name: "bench", address: "127.0.0.1:0", ...surroundings() });
      service.server.handle(
        { typeName: "bench.Echo", methods: { call: method } },
        { call: (request) => request },
      );
      await service.start();
      return service.address;
    },
    async connect(address) {
      const { registry, ...rest } = surroundings();
      const node = { id: "bench-1", address, metadata: { protocol, protocols: protocol } };
      const record = { name: "bench", version: "latest", metadata: {}, endpoints: [], nodes: [node] };
      await registry.register(record, { ttlMs: 3_600_000 });
      const { client, close } = await createConnection({ name: "bench.client", registry, ...rest });
      return { call: () => client.unary("bench", method, { text: "four" }), close };
    },
  };
}
