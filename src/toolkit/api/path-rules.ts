/**
 * Which service and endpoint a path of the gateway means. Rules of go-micro v2.9 `internal/resolver/api/route.go`.
 */
export interface PathTarget {
  /** Service without its namespace: `greeter`, `v1.foo`. */
  readonly service: string;
  /** `Greeter.Hello`. */
  readonly endpoint: string;
}

const VERSION = /^v[0-9]+$/;

/**
 * Reads the segments of a normalised path.
 *
 * ```
 * /greeter            -> greeter     Greeter.Call
 * /greeter/hello      -> greeter     Greeter.Hello
 * /greeter/say/hello  -> greeter     Say.Hello
 * /foo/bar/baz/cat    -> foo.bar     Baz.Cat
 * /v1/foo/bar         -> v1.foo      Foo.Bar
 * /foo-bar/say-hello  -> foo-bar     FooBar.SayHello
 * ```
 *
 * No segments: undefined.
 */
export function resolvePath(segments: readonly string[]): PathTarget | undefined {
  const [first, second] = segments;
  if (first === undefined) return undefined;
  if (second === undefined) return { service: first, endpoint: `${camelise(first)}.Call` };
  if (segments.length === 2) return { service: first, endpoint: endpointOf(segments) };
  const last = segments.slice(-2);
  if (segments.length === 3 && VERSION.test(first)) {
    return { service: `${first}.${second}`, endpoint: endpointOf(last) };
  }
  return { service: segments.slice(0, -2).join("."), endpoint: endpointOf(last) };
}

/** `say-hello` -> `SayHello`; an underscore is no word break, the rest of a word stays as it is. */
export function camelise(segment: string): string {
  return segment
    .split("-")
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join("");
}

function endpointOf(segments: readonly string[]): string {
  return segments.map(camelise).join(".");
}
