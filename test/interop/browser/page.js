// Runs in the browser: calls the greeter by connect-web's transports and posts what it heard.
import { createFileRegistry, fromBinary } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { createConnectTransport, createGrpcWebTransport } from "@connectrpc/connect-web";
import { hello, throughAllForms } from "/own-messages.js";

const baseUrl = new URLSearchParams(location.search).get("server");
const bytes = await (await fetch("/schema")).arrayBuffer();
const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, new Uint8Array(bytes)));
const greeter = registry.getService("greeter.Greeter");

const transports = {
  connect: createConnectTransport({ baseUrl }),
  "connect in protobuf": createConnectTransport({ baseUrl, useBinaryFormat: true }),
  "connect by GET": createConnectTransport({ baseUrl, useHttpGet: true }),
  "grpc-web": createGrpcWebTransport({ baseUrl }),
  "grpc-web in JSON": createGrpcWebTransport({ baseUrl, useBinaryFormat: false }),
};

/** What each kind of call gives, or its error. */
const checks = {
  async unary(client) {
    const seen = {};
    const options = {
      headers: { echo: "ping" },
      onHeader: (headers) => Object.assign(seen, { header: headers.get("greeting") }),
      onTrailer: (trailers) => Object.assign(seen, { trailer: trailers.get("cost") }),
    };
    const { msg } = await client.hello({ name: "Ada" }, options);
    return { msg, ...seen };
  },
  async error(client) {
    try {
      await client.hello({ name: "nobody" });
    } catch (reason) {
      const error = ConnectError.from(reason);
      const details = error.details.map(({ type }) => type);
      return { code: Code[error.code], message: error.rawMessage, details };
    }
  },
  async stream(client) {
    const heard = [];
    for await (const { msg } of client.count({ name: "n", times: 3 })) heard.push(msg);
    return heard;
  },
  async cancel(client) {
    const controller = new AbortController();
    try {
      const calls = client.count({ name: "cancelled", times: 1_000_000 }, { signal: controller.signal });
      for await (const _ of calls) controller.abort();
    } catch (reason) {
      return Code[ConnectError.from(reason).code];
    }
  },
  async deadline(client) {
    try {
      for await (const _ of client.count({ name: "late", times: 1_000_000 }, { timeoutMs: 100 }));
    } catch (reason) {
      return Code[ConnectError.from(reason).code];
    }
  },
};

const results = {};
for (const [name, transport] of Object.entries(transports)) {
  const client = createClient(greeter, transport);
  results[name] = {};
  for (const [check, run] of Object.entries(checks)) {
    results[name][check] = await run(client).catch((error) => String(error));
  }
}
const messages = await (await fetch("/messages")).json();
results["own messages"] = { forms: throughAllForms(messages), hello: await hello(baseUrl, "Grüße") };
await fetch("/results", { method: "POST", body: JSON.stringify(results) });
