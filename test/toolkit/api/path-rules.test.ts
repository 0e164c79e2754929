import { describe, expect, test } from "vitest";
import { resolvePath } from "../../../src/toolkit/api/path-rules.ts";
import { fullName } from "../../../src/toolkit/gateway/full-name.ts";
import { isRefusal, parseSegments } from "../../../src/toolkit/gateway/parse-target.ts";

/** go-micro v2.9: path, service and endpoint. */
const GOLDEN: readonly (readonly [path: string, service: string, endpoint: string])[] = [
  ["/greeter", "greeter", "Greeter.Call"],
  ["/greeter/", "greeter", "Greeter.Call"],
  ["/greeter/hello", "greeter", "Greeter.Hello"],
  ["/greeter/say/hello", "greeter", "Say.Hello"],
  ["/foo/bar/baz/cat", "foo.bar", "Baz.Cat"],
  ["/v1/foo", "v1", "V1.Foo"],
  ["/v1/foo/bar", "v1.foo", "Foo.Bar"],
  ["/v1/foo/bar/baz", "v1.foo", "Bar.Baz"],
  ["/v1/foo/bar/baz/cat", "v1.foo.bar", "Baz.Cat"],
  ["/foo-bar/say-hello", "foo-bar", "FooBar.SayHello"],
  ["/my-svc/user-list/get-all", "my-svc", "UserList.GetAll"],
  ["/greeter/say_hello", "greeter", "Greeter.Say_hello"],
  ["/greeter/say/HELLO", "greeter", "Say.HELLO"],
  ["/foo/../bar/baz", "bar", "Bar.Baz"],
  // The published table of micro/examples api/README.md.
  ["/foo/bar", "foo", "Foo.Bar"],
  ["/foo/bar/baz", "foo", "Bar.Baz"],
  ["/v2/foo/bar/baz", "v2.foo", "Bar.Baz"],
];

function resolve(path: string) {
  const segments = parseSegments(path);
  return isRefusal(segments) ? segments : resolvePath(segments);
}

describe("a path names a service and an endpoint", () => {
  test.each(GOLDEN)("%s is %s %s", (path, service, endpoint) => {
    expect(resolve(path)).toEqual({ service, endpoint });
  });

  test("the root is no service", () => {
    expect(resolve("/")).toBeUndefined();
  });
});

describe("namespace and service make the full name", () => {
  test.each([
    ["go.micro.api", "greeter", "go.micro.api.greeter"],
    ["com.example.api", "v1.foo", "com.example.api.v1.foo"],
    ["", "greeter", "greeter"],
    ["shop.", "cart", "shop.cart"],
    ["shop-", "v1.cart", "shop-v1-cart"],
  ])("%s and %s are %s", (namespace, service, name) => {
    expect(fullName(namespace, service)).toBe(name);
  });
});
