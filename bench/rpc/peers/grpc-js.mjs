import { Client, credentials, Metadata, Server, ServerCredentials } from "@grpc/grpc-js";

const PATH = "/bench.Echo/Call";

/** With a deadline, as our calls have one; messages are texts, made bytes of as cheaply as in ours. */
export const create = () => ({
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
    const call = () =>
      new Promise((resolve, reject) =>
        client.makeUnaryRequest(
          PATH,
          encode,
          decode,
          "four",
          new Metadata(),
          { deadline: Date.now() + 5000 },
          (error, value) => (error ? reject(error) : resolve(value)),
        ),
      );
    return { call, close: () => client.close() };
  },
});
