import * as grpc from "@grpc/grpc-js";
import type { AnyMethod } from "@micro-service/runtime/protobuf";
import { type Caller, CallFailed, type Names } from "./caller.ts";

function namesOf(metadata: grpc.Metadata): Names {
  return Object.fromEntries(
    Object.keys(metadata.getMap()).map((name) => {
      const [value = ""] = metadata.get(name);
      return [name, typeof value === "string" ? value : value.toString("base64")];
    }),
  );
}

function metadataOf(names: Names): grpc.Metadata {
  const metadata = new grpc.Metadata();
  for (const [name, value] of Object.entries(names)) {
    metadata.set(name, name.endsWith("-bin") ? Buffer.from(value, "base64") : value);
  }
  return metadata;
}

/** @grpc/grpc-js, calling one address. It has one way for all kinds of calls underneath: a duplex stream. */
export function createGrpcJsCaller(address: string): Caller & { close(): void } {
  const client = new grpc.Client(address, grpc.credentials.createInsecure());
  return {
    close: () => client.close(),
    async call(method: AnyMethod, requests, { metadata = {}, timeoutMs, signal }, onResponse) {
      const call = client.makeBidiStreamRequest(
        `/${method.service}/${method.name}`,
        (message: unknown) => Buffer.from(method.input.encode(message as object)),
        (bytes: Buffer) => method.output.decode(bytes) as unknown,
        metadataOf(metadata),
        timeoutMs === undefined ? {} : { deadline: Date.now() + timeoutMs },
      );
      const told: { header: Names; trailer: Names } = { header: {}, trailer: {} };
      signal?.addEventListener("abort", () => call.cancel(), { once: true });
      if (signal?.aborted) call.cancel();
      call.on("metadata", (header) => {
        told.header = namesOf(header);
      });
      call.on("data", onResponse);
      call.on("error", () => {});
      const status = new Promise<grpc.StatusObject>((resolve) => call.on("status", resolve));
      void (async () => {
        for await (const request of requests) call.write(request);
        call.end();
      })();
      const { code, details, metadata: trailer } = await status;
      told.trailer = namesOf(trailer);
      if (code !== grpc.status.OK) throw new CallFailed(code, details);
      return told;
    },
  };
}
