import { connect, createServer } from "node:http2";

/** The frames of a gRPC call and its headers on bare node:http2, with nothing checked, limited or timed. */
export const create = () => ({
  async serve() {
    const server = createServer();
    server.on("stream", (stream) => {
      let body;
      stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
      stream.on("data", (chunk) => {
        body = chunk;
      });
      stream.on("end", () => {
        stream.respond(
          { ":status": "200", "content-type": "application/grpc+proto" },
          { waitForTrailers: true },
        );
        stream.end(body);
      });
    });
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    return `127.0.0.1:${server.address().port}`;
  },

  async connect(address) {
    const session = connect(`http://${address}`);
    const body = Buffer.from("\0\0\0\0\x04four");
    return {
      call: () =>
        new Promise((resolve, reject) => {
          const stream = session.request({
            ":method": "POST",
            ":authority": address,
            ":path": "/bench.Echo/Call",
            te: "trailers",
            "content-type": "application/grpc+proto",
            "user-agent": "bench",
            "grpc-timeout": "5000m",
            "micro-from-service": "bench.client",
          });
          stream.on("response", () => {});
          stream.on("trailers", (trailers) => {
            if (trailers["grpc-status"] !== "0") reject(new Error("failed"));
          });
          stream.on("data", () => {});
          stream.on("end", resolve);
          stream.on("error", reject);
          stream.end(body);
        }),
      close: () => session.close(),
    };
  },
});
