import type { MessageInit } from "@micro-service/runtime/protobuf";
import { expect } from "vitest";
import { TestService, UnimplementedService } from "../../fixtures/grpc-testing/expected/testing.service.ts";
import type {
  SimpleResponse,
  StreamingInputCallResponse,
  StreamingOutputCallRequest,
  StreamingOutputCallResponse,
} from "../../fixtures/grpc-testing/expected/testing.ts";
import { type Caller, CallFailed, type CallSettings } from "./caller.ts";

const { emptyCall, unaryCall, streamingInputCall, streamingOutputCall, fullDuplexCall, unimplementedCall } =
  TestService.methods;

/** Sizes that the description of the suite fixes. */
const REQUEST_SIZES = [27_182, 8, 1_828, 45_904];
const RESPONSE_SIZES = [31_415, 9, 2_653, 58_979];
const LARGE_REQUEST = 271_828;
const LARGE_RESPONSE = 314_159;
const ECHO = "x-grpc-test-echo-initial";
const ECHO_BIN = "x-grpc-test-echo-trailing-bin";
const ECHOED = { [ECHO]: "test_initial_metadata_value", [ECHO_BIN]: "q6ur" };
const SPECIAL_MESSAGE = "\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n";

const payload = (size: number) => ({ body: new Uint8Array(size) });
const large = { responseSize: LARGE_RESPONSE, payload: payload(LARGE_REQUEST) };

async function* each<T>(...messages: T[]): AsyncGenerator<T> {
  yield* messages;
}

async function failed(work: Promise<unknown>): Promise<{ status: number; message: string }> {
  try {
    await work;
  } catch (error) {
    if (error instanceof CallFailed) return { status: error.status, message: error.message };
    throw error;
  }
  throw new Error("the call was expected to fail");
}

const sizeOf = (response: unknown) => (response as StreamingOutputCallResponse).payload?.body.length;

async function largeUnary(caller: Caller, settings: CallSettings = {}) {
  const sizes: unknown[] = [];
  const told = await caller.call(unaryCall as never, each(large), settings, (response) =>
    sizes.push((response as SimpleResponse).payload?.body.length),
  );
  expect(sizes).toEqual([LARGE_RESPONSE]);
  return told;
}

/** One request after the answer to the one before. */
async function pingPong(caller: Caller, settings: CallSettings = {}, last = REQUEST_SIZES.length) {
  const sizes: unknown[] = [];
  let answered = () => {};
  async function* requests(): AsyncGenerator<MessageInit<StreamingOutputCallRequest>> {
    for (const [index, size] of REQUEST_SIZES.slice(0, last).entries()) {
      const answer = new Promise<void>((resolve) => {
        answered = resolve;
      });
      yield {
        responseParameters: [{ size: RESPONSE_SIZES[index] as number, intervalUs: 0 }],
        payload: payload(size),
      };
      await answer;
    }
  }
  const told = await caller.call(fullDuplexCall as never, requests(), settings, (response) => {
    sizes.push(sizeOf(response));
    answered();
  });
  expect(sizes).toEqual(RESPONSE_SIZES.slice(0, last));
  return told;
}

/** gRPC's interop cases, by their names there. What needs Google's cloud, a mesh or a choice of compression is not among them. */
export const CASES: Readonly<Record<string, (caller: Caller) => Promise<void>>> = {
  async empty_unary(caller) {
    const responses: unknown[] = [];
    await caller.call(emptyCall as never, each({}), {}, (response) => responses.push(response));
    expect(responses).toEqual([{}]);
  },

  async large_unary(caller) {
    await largeUnary(caller);
  },

  async client_streaming(caller) {
    const sums: unknown[] = [];
    const requests = each(...REQUEST_SIZES.map((size) => ({ payload: payload(size) })));
    await caller.call(streamingInputCall as never, requests, {}, (response) =>
      sums.push((response as StreamingInputCallResponse).aggregatedPayloadSize),
    );
    expect(sums).toEqual([74_922]);
  },

  async server_streaming(caller) {
    const sizes: unknown[] = [];
    const responseParameters = RESPONSE_SIZES.map((size) => ({ size }));
    await caller.call(streamingOutputCall as never, each({ responseParameters }), {}, (response) =>
      sizes.push(sizeOf(response)),
    );
    expect(sizes).toEqual(RESPONSE_SIZES);
  },

  async ping_pong(caller) {
    await pingPong(caller);
  },

  async empty_stream(caller) {
    const responses: unknown[] = [];
    await caller.call(fullDuplexCall as never, each(), {}, (response) => responses.push(response));
    expect(responses).toEqual([]);
  },

  async custom_metadata(caller) {
    for (const told of [
      await largeUnary(caller, { metadata: ECHOED }),
      await pingPong(caller, { metadata: ECHOED }, 1),
    ]) {
      expect(told.header[ECHO]).toBe(ECHOED[ECHO]);
      expect(Buffer.from(told.trailer[ECHO_BIN] ?? "", "base64")).toEqual(Buffer.from([0xab, 0xab, 0xab]));
    }
  },

  async status_code_and_message(caller) {
    const responseStatus = { code: 2, message: "test status message" };
    const expected = { status: 2, message: responseStatus.message };
    expect(await failed(caller.call(unaryCall as never, each({ responseStatus }), {}, () => {}))).toEqual(
      expected,
    );
    expect(
      await failed(caller.call(fullDuplexCall as never, each({ responseStatus }), {}, () => {})),
    ).toEqual(expected);
  },

  async special_status_message(caller) {
    const responseStatus = { code: 2, message: SPECIAL_MESSAGE };
    const expected = { status: 2, message: SPECIAL_MESSAGE };
    expect(await failed(caller.call(unaryCall as never, each({ responseStatus }), {}, () => {}))).toEqual(
      expected,
    );
  },

  async unimplemented_method(caller) {
    const { status } = await failed(caller.call(unimplementedCall as never, each({}), {}, () => {}));
    expect(status).toBe(12);
  },

  async unimplemented_service(caller) {
    const method = UnimplementedService.methods.unimplementedCall;
    const { status } = await failed(caller.call(method as never, each({}), {}, () => {}));
    expect(status).toBe(12);
  },

  async cancel_after_begin(caller) {
    const abort = new AbortController();
    const never = new Promise<void>(() => {});
    async function* requests() {
      setImmediate(() => abort.abort());
      await never;
      yield {};
    }
    const { status } = await failed(
      caller.call(streamingInputCall as never, requests(), { signal: abort.signal }, () => {}),
    );
    expect(status).toBe(1);
  },

  async cancel_after_first_response(caller) {
    const abort = new AbortController();
    const never = new Promise<void>(() => {});
    async function* requests() {
      yield { responseParameters: [{ size: 31_415 }], payload: payload(27_182) };
      await never;
    }
    const call = caller.call(fullDuplexCall as never, requests(), { signal: abort.signal }, () =>
      abort.abort(),
    );
    expect((await failed(call)).status).toBe(1);
  },

  async timeout_on_sleeping_server(caller) {
    async function* requests() {
      yield { payload: payload(27_182), responseParameters: [{ size: 31_415, intervalUs: 1_000_000 }] };
      await new Promise<void>(() => {});
    }
    const { status } = await failed(
      caller.call(fullDuplexCall as never, requests(), { timeoutMs: 1 }, () => {}),
    );
    expect(status).toBe(4);
  },

  async concurrent_large_unary(caller) {
    for (let round = 0; round < 10; round++) {
      await Promise.all(Array.from({ length: 100 }, () => largeUnary(caller)));
    }
  },

  async rpc_soak(caller) {
    for (let call = 0; call < 200; call++) await largeUnary(caller);
  },
};
