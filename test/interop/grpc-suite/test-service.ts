import { setTimeout as sleep } from "node:timers/promises";
import { type Context, MicroError, notImplemented } from "@micro-service/runtime";
import type { TestServiceHandler } from "../../fixtures/grpc-testing/expected/testing.service.ts";
import type {
  EchoStatus,
  ResponseParameters,
  StreamingOutputCallRequest,
} from "../../fixtures/grpc-testing/expected/testing.ts";

const payload = (size: number) => ({ body: new Uint8Array(size) });

function echoMetadata({ metadata, responseHeader, responseTrailer }: Context): void {
  const initial = metadata.get("x-grpc-test-echo-initial");
  if (initial !== undefined) responseHeader.set("x-grpc-test-echo-initial", initial);
  const trailing = metadata.get("x-grpc-test-echo-trailing-bin");
  if (trailing !== undefined) responseTrailer.set("x-grpc-test-echo-trailing-bin", trailing);
}

function failIfAsked(status: EchoStatus | undefined): void {
  if (status === undefined || status.code === 0) return;
  throw new MicroError({ id: "interop", code: 500, grpc: status.code, detail: status.message });
}

async function* answers(parameters: readonly ResponseParameters[], { signal }: Context) {
  for (const { size, intervalUs } of parameters) {
    if (intervalUs > 0) await sleep(intervalUs / 1000, undefined, { signal });
    yield { payload: payload(size) };
  }
}

/** What gRPC's description of the suite asks of a server. */
export const testService: TestServiceHandler = {
  emptyCall: () => ({}),
  unaryCall(request, context) {
    echoMetadata(context);
    failIfAsked(request.responseStatus);
    return { payload: payload(request.responseSize) };
  },
  async *streamingOutputCall(request, context) {
    yield* answers(request.responseParameters, context);
  },
  async streamingInputCall(requests) {
    let aggregatedPayloadSize = 0;
    for await (const request of requests) aggregatedPayloadSize += request.payload?.body.length ?? 0;
    return { aggregatedPayloadSize };
  },
  async *fullDuplexCall(requests, context) {
    echoMetadata(context);
    for await (const request of requests) {
      failIfAsked(request.responseStatus);
      yield* answers(request.responseParameters, context);
    }
  },
  async *halfDuplexCall(requests, context) {
    const all: StreamingOutputCallRequest[] = [];
    for await (const request of requests) all.push(request);
    for (const request of all) yield* answers(request.responseParameters, context);
  },
  unimplementedCall() {
    throw notImplemented("interop", "as the suite wants it");
  },
};
