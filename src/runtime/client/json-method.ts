import type {
  AnyMethod,
  BidiStreamMethod,
  ClientStreamMethod,
  MessageType,
  MethodKind,
  ServerStreamMethod,
  UnaryMethod,
} from "../protobuf/index.ts";

interface MethodByKind {
  unary: UnaryMethod<string, string>;
  serverStream: ServerStreamMethod<string, string>;
  clientStream: ClientStreamMethod<string, string>;
  bidiStream: BidiStreamMethod<string, string>;
}

/** A method whose messages are JSON texts, for callers that know no schema. */
export type JsonMethod<Kind extends MethodKind = MethodKind> = MethodByKind[Kind] & {
  /** True when the path takes the called service's name as package: `go.micro.srv.greeter.Greeter/Hello`. */
  readonly relative: boolean;
};

const binary = (): never => {
  throw new TypeError("a JSON text has no binary form: call with content type application/json");
};

/** JSON text as a message type: what is given goes on the wire as it is, what comes is handed over unread. */
export const JsonText: MessageType<string> = {
  typeName: "",
  create: (text = "{}") => text,
  encode: binary,
  decode: binary,
  toJson: (text) => JSON.parse(text),
  fromJson: (json) => JSON.stringify(json),
  toJsonString: (text) => text,
  fromJsonString: (text) => text,
};

/**
 * A method to call without its schema: `client.unary("go.micro.srv.greeter", jsonMethod("Greeter.Hello"), '{"name":"Ada"}')`.
 *
 * `endpoint` is `Greeter.Hello` (the called service's name is put before it, as go-micro does) or a full proto path
 * `greeter.Greeter/Hello`. Throws TypeError for anything else.
 */
export function jsonMethod(endpoint: string): JsonMethod<"unary">;
export function jsonMethod<Kind extends MethodKind>(endpoint: string, kind: Kind): JsonMethod<Kind>;
export function jsonMethod(endpoint: string, kind: MethodKind = "unary"): JsonMethod {
  const slash = endpoint.lastIndexOf("/");
  const cut = slash >= 0 ? slash : endpoint.indexOf(".");
  const service = endpoint.slice(0, cut).replace(/^\//, "");
  const name = endpoint.slice(cut + 1);
  if (cut < 0 || !/^[\w.-]+$/.test(service) || !/^\w+$/.test(name)) {
    throw new TypeError(
      `an endpoint is Service.Method or package.Service/Method, not ${JSON.stringify(endpoint)}`,
    );
  }
  return {
    name,
    kind,
    service,
    input: JsonText,
    output: JsonText,
    idempotency: "unknown",
    relative: slash < 0,
  } as JsonMethod;
}

/** {@link pathOf}, remembered per method: a path made anew for each call would have to be hashed anew as well. */
export function createPaths(): (service: string, method: AnyMethod) => string {
  const paths = new WeakMap<AnyMethod, string>();
  return (service, method) => {
    if ((method as Partial<JsonMethod>).relative === true) return pathOf(service, method);
    let path = paths.get(method);
    if (path === undefined) {
      path = pathOf(service, method);
      paths.set(method, path);
    }
    return path;
  };
}

/**
 * Path of a method without the leading slash. The schema's own service name, except for a JSON method named the short
 * way: `Greeter.Hello` of `go.micro.srv.greeter` -> `go.micro.srv.greeter.Greeter/Hello`.
 */
export function pathOf(service: string, method: AnyMethod): string {
  const relative = (method as Partial<JsonMethod>).relative === true;
  return relative ? `${service}.${method.service}/${method.name}` : `${method.service}/${method.name}`;
}
