/** Registry records; JSON keys as go-micro writes them (`registry/registry.go`). */
export interface Service {
  name: string;
  version: string;
  metadata: Record<string, string>;
  endpoints: Endpoint[];
  nodes: Node[];
}

/** One running instance. */
export interface Node {
  /** `<service name>-<uuid>`. */
  id: string;
  /** `host:port`; an IPv6 host is in brackets. */
  address: string;
  metadata: Record<string, string>;
}

/** One method or subscription. */
export interface Endpoint {
  /** `Greeter.Hello`. */
  name: string;
  request: Value | null;
  response: Value | null;
  /** `stream=true`, `topic`, `subscriber=true`, and the gateway's `method`, `path`, `handler`, `body`. */
  metadata: Record<string, string>;
}

/** Shape of a message: at most three levels deep. */
export interface Value {
  /** Field name as in the .proto; for the outermost level the message's name. */
  name: string;
  /** Message name, Go scalar kind (`string`, `int32`, `float64`, `[]uint8` ...), or `[]` + element. */
  type: string;
  values: Value[];
}
