// Each peer: serve(port 0) -> { address, close }, and connect(address) -> { call(), close }. One unary call, four bytes.
import { connect, createServer as createHttp2Server } from "node:http2";
import { Client, credentials, Metadata, Server, ServerCredentials } from "@grpc/grpc-js";
import {
  createConnection,
  createMemoryBroker,
  createMemoryRegistry,
  createService,
} from "../../src/runtime/dist/index.js";

const PAYLOAD = "four";
const PATH = "/bench.Echo/Call";

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

const surroundings = () => ({
  registry: createMemoryRegistry(),
  broker: createMemoryBroker(),
  args: [],
  env: {},
  logger: { info() {}, warn() {}, error() {} },
});

/** A service as users run it: every default is on, the callee is found by its name. */
const ours = (protocol) => ({
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
    return { call: () => client.unary("bench", method, { text: PAYLOAD }), close };
  },
});

const grpcJs = {
  async serve() {
    const server = new Server();
    const identity = (bytes) => bytes;
    server.addService(
      {
        call: {
          path: PATH,
          requestStream: false,
          responseStream: false,
          requestSerialize: identity,
          requestDeserialize: identity,
          responseSerialize: identity,
          responseDeserialize: identity,
        },
      },
      { call: (call, answer) => answer(null, call.request) },
    );
    const port = await new Promise((resolve, reject) =>
      server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      ),
    );
    return `127.0.0.1:${port}`;
  },
  async connect(address) {
    const client = new Client(address, credentials.createInsecure());
    const encode = (value) => Buffer.from(value, "latin1");
    const decode = (bytes) => bytes.latin1Slice();
    return {
      call: () =>
        new Promise((resolve, reject) =>
          client.makeUnaryRequest(
            PATH,
            encode,
            decode,
            PAYLOAD,
            new Metadata(),
            { deadline: Date.now() + 5000 },
            (error, value) => (error ? reject(error) : resolve(value)),
          ),
        ),
      close: () => client.close(),
    };
  },
};

/** The least that node:http2 itself costs: one request, one response, no framing, no trailers. */
const rawHttp2 = {
  async serve() {
    const server = createHttp2Server();
    server.on("stream", (stream) => {
      stream.on("data", (chunk) => {
        stream.respond({ ":status": 200 });
        stream.end(chunk);
      });
    });
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    return `127.0.0.1:${server.address().port}`;
  },
  async connect(address) {
    const session = connect(`http://${address}`);
    const body = Buffer.from(PAYLOAD);
    return {
      call: () =>
        new Promise((resolve, reject) => {
          const stream = session.request({ ":method": "POST", ":path": PATH });
          stream.on("data", () => {});
          stream.on("end", resolve);
          stream.on("error", reject);
          stream.end(body);
        }),
      close: () => session.close(),
    };
  },
};

export const PEERS = {
  "ours, gRPC": ours("grpc"),
  "ours, Connect": ours("connect"),
  "ours, gRPC-Web": ours("grpc-web"),
  "ours, JSON wire": ours("json"),
  "@grpc/grpc-js": grpcJs,
  "raw node:http2": rawHttp2,
};
