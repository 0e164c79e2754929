import type { MessageType } from "./message-type.ts";

export type MethodKind = "unary" | "serverStream" | "clientStream" | "bidiStream";

/** `option idempotency_level`: what may be sent again without harm. */
export type Idempotency = "unknown" | "noSideEffects" | "idempotent";

/** One `google.api.http` binding. */
export interface HttpRule {
  readonly method: string;
  /** Path template, `/v1/hello/{name}`. */
  readonly path: string;
  /** Field that takes the request body, `*` for the whole message, absent for none. */
  readonly body?: string;
  readonly responseBody?: string;
}

interface MethodShape<Kind extends MethodKind, Input, Output> {
  /** Name in the .proto, `Hello`. */
  readonly name: string;
  readonly kind: Kind;
  /** Full proto name of the service it belongs to, `greeter.Greeter`. */
  readonly service: string;
  readonly input: MessageType<Input>;
  readonly output: MessageType<Output>;
  readonly idempotency: Idempotency;
  readonly http?: readonly HttpRule[];
  readonly deprecated?: boolean;
}

export type UnaryMethod<Input, Output> = MethodShape<"unary", Input, Output>;
export type ServerStreamMethod<Input, Output> = MethodShape<"serverStream", Input, Output>;
export type ClientStreamMethod<Input, Output> = MethodShape<"clientStream", Input, Output>;
export type BidiStreamMethod<Input, Output> = MethodShape<"bidiStream", Input, Output>;

/** Any method; the message types are checked where it is called. */
export type MethodType<Input = unknown, Output = unknown> = MethodShape<MethodKind, Input, Output>;

/** A method whose message types do not matter to the holder (registration tables, routing). */
// biome-ignore lint/suspicious/noExplicitAny: MessageType is invariant, so only `any` holds every method.
export type AnyMethod = MethodShape<MethodKind, any, any>;

/** One service: its names and methods, keyed by the name a handler gives them (`hello` for rpc `Hello`). */
export interface ServiceType<
  Methods extends Readonly<Record<keyof Methods, AnyMethod>> = Record<string, AnyMethod>,
> {
  /** Full proto name, `greeter.Greeter`. */
  readonly typeName: string;
  /** What a caller depends on, methods and types, as 16 hexadecimal digits; absent in types made by hand. */
  readonly digest?: string;
  readonly methods: Methods;
}
