import { badRequest, type MessageInit } from "@micro-service/runtime";
import type { GreeterHandler } from "../gen/greeter.service.ts";
import type {
  CountRequest,
  CountResponse,
  HelloRequest,
  HelloResponse,
  Ping,
  Pong,
  SumRequest,
  SumResponse,
} from "../gen/greeter.ts";

const MAX_COUNT = 1000;

/** Greets people. */
export class Greeter implements GreeterHandler {
  hello(request: HelloRequest): MessageInit<HelloResponse> {
    return { msg: `Hello ${request.name}` };
  }

  async *count(request: CountRequest): AsyncIterable<MessageInit<CountResponse>> {
    if (request.to > MAX_COUNT) throw badRequest("greeter", `count to ${MAX_COUNT} at most`);
    for (let number = 1; number <= request.to; number++) yield { number };
  }

  async sum(requests: AsyncIterable<SumRequest>): Promise<MessageInit<SumResponse>> {
    let total = 0n;
    for await (const { number } of requests) total += number;
    return { total };
  }

  async *pingPong(requests: AsyncIterable<Ping>): AsyncIterable<MessageInit<Pong>> {
    for await (const { stroke } of requests) yield { stroke };
  }
}
