import { type Context, currentContext } from "../../../src/runtime/context/index.ts";
import { badRequest } from "../../../src/runtime/errors/index.ts";
import type {
  AnyMethod,
  BidiStreamMethod,
  ClientStreamMethod,
  ServerStreamMethod,
  ServiceType,
  UnaryMethod,
} from "../../../src/runtime/protobuf/index.ts";
import type { Handler } from "../../../src/runtime/server/index.ts";
import { jsonMessage } from "./json-message.ts";

export interface Hello {
  name: string;
}

export const HelloMessage = jsonMessage<Hello>("greeter.Hello", { name: "" });

const method = <Method extends AnyMethod>(name: string, kind: Method["kind"]) =>
  ({
    name,
    kind,
    service: "greeter.Greeter",
    input: HelloMessage,
    output: HelloMessage,
    idempotency: "unknown",
  }) as unknown as Method;

export interface GreeterMethods {
  readonly hello: UnaryMethod<Hello, Hello>;
  readonly fail: UnaryMethod<Hello, Hello>;
  readonly crash: UnaryMethod<Hello, Hello>;
  readonly hang: UnaryMethod<Hello, Hello>;
  readonly count: ServerStreamMethod<Hello, Hello>;
  readonly forever: ServerStreamMethod<Hello, Hello>;
  readonly join: ClientStreamMethod<Hello, Hello>;
  readonly chat: BidiStreamMethod<Hello, Hello>;
}

export const Greeter: ServiceType<GreeterMethods> = {
  typeName: "greeter.Greeter",
  methods: {
    hello: method("Hello", "unary"),
    fail: method("Fail", "unary"),
    crash: method("Crash", "unary"),
    hang: method("Hang", "unary"),
    count: method("Count", "serverStream"),
    forever: method("Forever", "serverStream"),
    join: method("Join", "clientStream"),
    chat: method("Chat", "bidiStream"),
  },
};

/** Greets in every kind of call, and tells tests what happened to it. */
export class GreeterHandler implements Handler<GreeterMethods> {
  readonly contexts: Context[] = [];
  readonly log: string[] = [];
  /** What `crash` throws. */
  thrown: unknown = new Error("the secret password is 1234");
  forwarded = 0;
  #waiting: (() => void)[] = [];

  /** Resolves when `entry` is in the log. */
  async logged(entry: string): Promise<void> {
    while (!this.log.includes(entry)) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  note(entry: string): void {
    this.log.push(entry);
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  hello(request: Hello, context: Context): Hello {
    this.contexts.push(context);
    const wanted = context.metadata.get("echo");
    if (wanted !== undefined) {
      context.responseHeader.set("echo-header", wanted);
      context.responseTrailer.set("echo-trailer", wanted);
    }
    const growing = context.metadata.get("grow");
    if (growing === "header") context.responseHeader.set("large", "x".repeat(20_000));
    if (growing === "trailer") context.responseTrailer.set("large", "x".repeat(20_000));
    for (const name of ["constructor", "etag"]) {
      for (const value of context.metadata.getAll(name)) {
        context.responseHeader.append(name, value);
        context.responseTrailer.append(name, value).append(name, value);
      }
    }
    return { name: `Hello ${request.name}` };
  }

  fail(request: Hello): Hello {
    throw badRequest("go.micro.srv.greeter", `no ${request.name} – sorry 100%`);
  }

  async crash(): Promise<Hello> {
    throw this.thrown;
  }

  async hang(_request: Hello, context: Context): Promise<Hello> {
    this.contexts.push(context);
    this.note("hang started");
    await new Promise((_, reject) => {
      context.signal.addEventListener("abort", () => {
        this.note(`hang aborted: ${context.signal.reason.code}`);
        reject(context.signal.reason);
      });
    });
    return { name: "" };
  }

  async *count(request: Hello, context: Context): AsyncGenerator<Hello> {
    this.contexts.push(context);
    for (let i = 1; i <= Number(request.name); i++) {
      // The context has to be there after every wait.
      this.note(currentContext() === context ? "context" : "no context");
      yield { name: String(i) };
    }
  }

  async *forever(request: Hello, context: Context): AsyncGenerator<Hello> {
    try {
      for (;;) {
        this.forwarded += 1;
        yield { name: request.name };
      }
    } finally {
      this.note(context.signal.aborted ? "forever aborted" : "forever left");
    }
  }

  async join(requests: AsyncIterable<Hello>): Promise<Hello> {
    const names: string[] = [];
    try {
      for await (const { name } of requests) {
        names.push(name);
        this.note(`joined ${name}`);
      }
    } catch (error) {
      this.note(`join failed: ${(error as { code?: number }).code}`);
      throw error;
    }
    return { name: names.join("+") };
  }

  async *chat(requests: AsyncIterable<Hello>): AsyncGenerator<Hello> {
    try {
      for await (const { name } of requests) {
        if (name === "bye") return;
        yield { name: `you said ${name}` };
      }
    } finally {
      this.note("chat over");
    }
  }
}

/** Messages as a stream. */
export async function* hellos(...names: string[]): AsyncGenerator<Hello> {
  for (const name of names) yield { name };
}

/** All names of a stream. */
export async function namesOf(messages: AsyncIterable<Hello>): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of messages) names.push(name);
  return names;
}
