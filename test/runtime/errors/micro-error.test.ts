import { describe, expect, test } from "vitest";
import {
  badRequest,
  ERROR_CODES,
  errorCodeOf,
  errorCodeOfGrpc,
  MicroError,
  notFound,
} from "../../../src/runtime/errors/index.ts";

describe("the table of codes", () => {
  test("when a gRPC status from 1 to 16 is looked up then it is there exactly once", () => {
    for (let grpc = 1; grpc <= 16; grpc++) {
      expect(ERROR_CODES.filter((entry) => entry.grpc === grpc)).toHaveLength(1);
      expect(errorCodeOfGrpc(grpc).grpc).toBe(grpc);
    }
  });

  test.each([
    [400, "INVALID_ARGUMENT"],
    [401, "UNAUTHENTICATED"],
    [403, "PERMISSION_DENIED"],
    [404, "NOT_FOUND"],
    [408, "DEADLINE_EXCEEDED"],
    [409, "ALREADY_EXISTS"],
    [412, "FAILED_PRECONDITION"],
    [500, "INTERNAL"],
    [501, "UNIMPLEMENTED"],
    [503, "UNAVAILABLE"],
    [418, "UNKNOWN"],
  ])("when Micro's code is %i then gRPC's is %s, as in go-micro", (code, name) => {
    expect(errorCodeOf(code).grpcName).toBe(name);
    expect(errorCodeOf(code).code).toBe(code);
  });

  test.each([0, 17, -1, Number.NaN])("when a gRPC status is %d then it counts as UNKNOWN", (grpc) => {
    expect(errorCodeOfGrpc(grpc).grpcName).toBe("UNKNOWN");
  });
});

describe("MicroError", () => {
  test("when written as JSON then keys and order are go-micro's", () => {
    expect(JSON.stringify(notFound("go.micro.srv.x", "gone"))).toBe(
      '{"id":"go.micro.srv.x","code":404,"detail":"gone","status":"Not Found"}',
    );
  });

  test("when parsed from its JSON then it is the same", () => {
    const error = badRequest("a", "b");
    const parsed = MicroError.parse(JSON.stringify(error), { id: "z", code: 500 });
    expect(parsed.toJSON()).toEqual(error.toJSON());
  });

  test.each(["plain", "", "null", "[]", '{"code":0}', '{"code":"400"}', "{"])(
    "when %j is parsed then it becomes the detail",
    (text) => {
      expect(MicroError.parse(text, { id: "z", code: 500 }).toJSON()).toMatchObject({
        id: "z",
        code: 500,
        detail: text,
      });
    },
  );

  test("when go-micro leaves empty keys out then they are empty", () => {
    expect(MicroError.parse('{"code":404}', { id: "z", code: 500 }).toJSON()).toEqual({
      id: "",
      code: 404,
      detail: "",
      status: "Not Found",
    });
  });

  test("when anything was thrown then the caller's error holds nothing of it", () => {
    const cause = new Error("password 1234");
    const error = MicroError.from(cause, "me");
    expect(error.code).toBe(500);
    expect(JSON.stringify(error)).not.toContain("1234");
    expect(error.cause).toBe(cause);
  });

  test("when our own error was thrown then it stays as it is", () => {
    const error = badRequest("a", "b");
    expect(MicroError.from(error, "me")).toBe(error);
    expect(MicroError.is(error)).toBe(true);
    expect(MicroError.is({ code: 400 })).toBe(false);
  });

  test.each([
    [() => AbortSignal.abort().reason, 499],
    [() => new DOMException("late", "TimeoutError"), 408],
  ])("when a signal was the reason then the code says so", (reason, code) => {
    expect(MicroError.from(reason(), "me").code).toBe(code);
  });
});
