import { connect, createServer } from "node:http2";

/** The least that node:http2 itself costs: one request, one response, no framing, no trailers, nothing checked. */
export const create = () => ({
  async serve() {
    const server = createServer();
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
    const body = Buffer.from("four");
    return {
      call: () =>
        new Promise((resolve, reject) => {
          const stream = session.request({ ":method": "POST", ":path": "/bench.Echo/Call" });
          stream.on("data", () => {});
          stream.on("end", resolve);
          stream.on("error", reject);
          stream.end(body);
        }),
      close: () => session.close(),
    };
  },
});
