import { createServer } from "node:http2";
import { createFileRegistry, create as createMessage, fromJson } from "@bufbuild/protobuf";
import {
  FileDescriptorProtoSchema,
  file_google_protobuf_wrappers,
  StringValueSchema,
} from "@bufbuild/protobuf/wkt";
import { createClient } from "@connectrpc/connect";
import { connectNodeAdapter, createConnectTransport, createGrpcTransport } from "@connectrpc/connect-node";

const TYPE = ".google.protobuf.StringValue";
const file = fromJson(FileDescriptorProtoSchema, {
  name: "bench.proto",
  package: "bench",
  dependency: ["google/protobuf/wrappers.proto"],
  syntax: "proto3",
  service: [{ name: "Echo", method: [{ name: "Call", inputType: TYPE, outputType: TYPE }] }],
});
const Echo = createFileRegistry(file, () => file_google_protobuf_wrappers.proto).getService("bench.Echo");

/** `protocol` is `grpc` or `connect`, both over HTTP/2. */
export const create = (protocol) => ({
  async serve() {
    const routes = (router) => router.service(Echo, { call: (request) => request });
    const server = createServer(connectNodeAdapter({ routes }));
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    return `127.0.0.1:${server.address().port}`;
  },

  async connect(address) {
    const options = { baseUrl: `http://${address}`, httpVersion: "2", defaultTimeoutMs: 5000 };
    const transport = protocol === "grpc" ? createGrpcTransport(options) : createConnectTransport(options);
    const client = createClient(Echo, transport);
    return { call: () => client.call(createMessage(StringValueSchema, { value: "four" })), close() {} };
  },
});
