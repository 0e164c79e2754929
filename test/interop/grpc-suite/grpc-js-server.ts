import { setTimeout as sleep } from "node:timers/promises";
import * as grpc from "@grpc/grpc-js";
import type { AnyMethod } from "@micro-service/runtime/protobuf";
import { TestService } from "../../fixtures/grpc-testing/expected/testing.service.ts";
import type {
  EchoStatus,
  ResponseParameters,
  SimpleRequest,
  StreamingInputCallRequest,
  StreamingOutputCallRequest,
} from "../../fixtures/grpc-testing/expected/testing.ts";

type Call = grpc.ServerUnaryCall<unknown, unknown> | grpc.ServerDuplexStream<unknown, unknown>;

const payload = (size: number) => ({ body: new Uint8Array(size) });

/** Sends the header; answers the trailer. */
function echoMetadata(call: Call): grpc.Metadata {
  const [header, trailer] = [new grpc.Metadata(), new grpc.Metadata()];
  for (const value of call.metadata.get("x-grpc-test-echo-initial"))
    header.set("x-grpc-test-echo-initial", value);
  for (const value of call.metadata.get("x-grpc-test-echo-trailing-bin")) {
    trailer.set("x-grpc-test-echo-trailing-bin", value);
  }
  call.sendMetadata(header);
  return trailer;
}

const asked = (status: EchoStatus | undefined, metadata: grpc.Metadata) =>
  status === undefined || status.code === 0
    ? undefined
    : { code: status.code, details: status.message, metadata };

async function write(
  call: grpc.ServerWritableStream<unknown, unknown>,
  parameters: readonly ResponseParameters[],
) {
  for (const { size, intervalUs } of parameters) {
    if (intervalUs > 0) await sleep(intervalUs / 1000);
    call.write({ payload: payload(size) });
  }
}

function definitionOf(): grpc.ServiceDefinition {
  const entries = Object.entries(TestService.methods as unknown as Record<string, AnyMethod>).map(
    ([key, method]) => [
      key,
      {
        path: `/${method.service}/${method.name}`,
        requestStream: method.kind === "clientStream" || method.kind === "bidiStream",
        responseStream: method.kind === "serverStream" || method.kind === "bidiStream",
        requestSerialize: (message: object) => Buffer.from(method.input.encode(message)),
        requestDeserialize: (bytes: Buffer) => method.input.decode(bytes) as unknown,
        responseSerialize: (message: object) => Buffer.from(method.output.encode(message)),
        responseDeserialize: (bytes: Buffer) => method.output.decode(bytes) as unknown,
      },
    ],
  );
  return Object.fromEntries(entries) as grpc.ServiceDefinition;
}

/** The suite's service on @grpc/grpc-js; resolves to its port. */
export async function startGrpcJsServer(): Promise<{ port: number; stop(): void }> {
  const server = new grpc.Server();
  const { unimplementedCall: _, ...definition } = definitionOf();
  server.addService(definition, {
    emptyCall: (_call: unknown, done: grpc.sendUnaryData<unknown>) => done(null, {}),
    unaryCall(call: grpc.ServerUnaryCall<SimpleRequest, unknown>, done: grpc.sendUnaryData<unknown>) {
      const trailer = echoMetadata(call as never);
      const error = asked(call.request.responseStatus, trailer);
      if (error !== undefined) done(error);
      else done(null, { payload: payload(call.request.responseSize) }, trailer);
    },
    async streamingOutputCall(call: grpc.ServerWritableStream<StreamingOutputCallRequest, unknown>) {
      await write(call as never, call.request.responseParameters);
      call.end();
    },
    streamingInputCall(
      call: grpc.ServerReadableStream<StreamingInputCallRequest, unknown>,
      done: grpc.sendUnaryData<unknown>,
    ) {
      let aggregatedPayloadSize = 0;
      call.on("data", (request: StreamingInputCallRequest) => {
        aggregatedPayloadSize += request.payload?.body.length ?? 0;
      });
      call.on("end", () => done(null, { aggregatedPayloadSize }));
    },
    fullDuplexCall(call: grpc.ServerDuplexStream<StreamingOutputCallRequest, unknown>) {
      const trailer = echoMetadata(call as never);
      let written = Promise.resolve();
      // Not by iterating: leaving the loop would destroy the stream before its end is sent.
      call.on("data", ({ responseStatus, responseParameters }: StreamingOutputCallRequest) => {
        const error = asked(responseStatus, trailer);
        if (error !== undefined) call.emit("error", error);
        else written = written.then(() => write(call as never, responseParameters));
      });
      call.on("end", () => void written.then(() => call.end(trailer)));
    },
    halfDuplexCall: (call: grpc.ServerDuplexStream<unknown, unknown>) => call.end(),
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  return { port, stop: () => server.forceShutdown() };
}
