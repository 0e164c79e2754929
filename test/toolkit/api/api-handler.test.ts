import { badRequest } from "@micro-service/runtime";
import type { UnaryMethod } from "@micro-service/runtime/protobuf";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  type ApiRequest,
  ApiRequestType,
  type ApiResponse,
  ApiResponseType,
} from "../../../src/toolkit/api/go-api.ts";
import { type ApiGateway, createApiGateway } from "../../../src/toolkit/index.ts";
import { Town } from "./shop.ts";

let town: Town;
let gateway: ApiGateway;

/** The handler of micro's greeter example, which wants a GET parameter. */
async function startGreeter(answer?: (request: ApiRequest) => Partial<ApiResponse>): Promise<string> {
  const hello: UnaryMethod<ApiRequest, ApiResponse> = {
    name: "Hello",
    kind: "unary",
    service: "greeter.Say",
    input: ApiRequestType,
    output: ApiResponseType,
    idempotency: "unknown",
  };
  const handle = (request: ApiRequest): Partial<ApiResponse> => {
    if (answer !== undefined) return answer(request);
    const name = request.get.name?.values[0];
    if (name === undefined) throw badRequest("go.micro.api.greeter", "Name cannot be blank");
    return { statusCode: 200, body: JSON.stringify({ message: `Hello ${name}` }) };
  };
  await town.service({ name: "go.micro.api.greeter" }, (service) =>
    service.server.handle({ typeName: "greeter.Say", methods: { hello } }, { hello: handle }),
  );
  gateway = createApiGateway({ client: town.client, registry: town.registry, handler: "api" });
  return `http://${await gateway.listen("127.0.0.1:0")}/greeter/say/hello`;
}

beforeEach(() => {
  town = new Town();
});

afterEach(async () => {
  await gateway.close({ graceMs: 50 });
  await town.close();
});

describe("handler api hands the whole request over", () => {
  test("the greeter example answers", async () => {
    const url = await startGreeter();
    const answer = await fetch(`${url}?name=John`);
    expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "application/json"]);
    expect(await answer.text()).toBe('{"message":"Hello John"}');
  });

  test("and complains", async () => {
    const answer = await fetch(await startGreeter());
    expect(answer.status).toBe(400);
    expect(await answer.text()).toBe(
      '{"id":"go.micro.api.greeter","code":400,"detail":"Name cannot be blank","status":"Bad Request"}',
    );
  });

  test("method, path, url, query, headers and body are there", async () => {
    let seen: ApiRequest | undefined;
    const url = await startGreeter((request) => {
      seen = request;
      return {};
    });
    await fetch(`${url}?a=1&a=2&b[c]=3`, {
      method: "POST",
      body: "raw",
      headers: { "content-type": "text/csv" },
    });
    expect(seen).toMatchObject({
      method: "POST",
      path: "/greeter/say/hello",
      url: "/greeter/say/hello?a=1&a=2&b[c]=3",
      body: "raw",
      post: {},
    });
    expect(seen?.get.a).toEqual({ key: "a", values: ["1", "2"] });
    expect(seen?.get["b[c]"]?.values).toEqual(["3"]);
    expect(seen?.header["Content-Type"]?.values).toEqual(["text/csv"]);
    expect(seen?.header.Host?.values).toEqual([gateway.address]);
    expect(seen?.header["X-Forwarded-For"]?.values).toEqual(["127.0.0.1"]);
  });

  test("a form is in post, not in body", async () => {
    let seen: ApiRequest | undefined;
    const url = await startGreeter((request) => {
      seen = request;
      return {};
    });
    await fetch(url, { method: "POST", body: new URLSearchParams({ name: "John" }) });
    expect([seen?.body, seen?.post.name?.values]).toEqual(["", ["John"]]);
  });

  test("the service decides status and headers", async () => {
    const url = await startGreeter(() => ({
      statusCode: 201,
      header: {
        "Content-Type": { key: "Content-Type", values: ["text/plain"] },
        "Set-Cookie": { key: "Set-Cookie", values: ["a=1", "b=2"] },
        Connection: { key: "Connection", values: ["upgrade"] },
      },
      body: "made",
    }));
    const answer = await fetch(url);
    expect([answer.status, answer.headers.get("content-type"), await answer.text()]).toEqual([
      201,
      "text/plain",
      "made",
    ]);
    expect(answer.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
    expect(answer.headers.get("connection")).not.toBe("upgrade");
  });

  test.each([
    [{ statusCode: 99 }],
    [{ statusCode: -1 }],
    [{ header: { X: { key: "X", values: ["a\r\nEvil: 1"] } } }],
    [{ header: { X: { key: "no name", values: ["a"] } } }],
  ])("%j is no HTTP answer: 502", async (response) => {
    const answer = await fetch(await startGreeter(() => response));
    expect(answer.status).toBe(502);
    expect(answer.headers.get("evil")).toBeNull();
  });
});
