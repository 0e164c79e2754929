import { describe, expect, test } from "vitest";
import { resolvePath, resolveProxyPath } from "../../../src/toolkit/api/path-rules.ts";
import { fullName } from "../../../src/toolkit/gateway/full-name.ts";
import { isRefusal, parseSegments } from "../../../src/toolkit/gateway/parse-target.ts";

/** go-micro v2.9: path, service and endpoint of the rpc rule, service of the proxy rule. */
const GOLDEN: readonly (readonly [path: string, service: string, endpoint: string, proxy: string])[] = [
  ["/greeter", "greeter", "Greeter.Call", "greeter"],
  ["/greeter/", "greeter", "Greeter.Call", "greeter"],
  ["/greeter/hello", "greeter", "Greeter.Hello", "greeter"],
  ["/greeter/say/hello", "greeter", "Say.Hello", "greeter"],
  ["/foo/bar/baz/cat", "foo.bar", "Baz.Cat", "foo"],
  ["/v1/foo", "v1", "V1.Foo", "v1.foo"],
  ["/v1/foo/bar", "v1.foo", "Foo.Bar", "v1.foo"],
  ["/v1/foo/bar/baz", "v1.foo", "Bar.Baz", "v1.foo"],
  ["/v1/foo/bar/baz/cat", "v1.foo.bar", "Baz.Cat", "v1.foo"],
  ["/foo-bar/say-hello", "foo-bar", "FooBar.SayHello", "foo-bar"],
  ["/my-svc/user-list/get-all", "my-svc", "UserList.GetAll", "my-svc"],
  ["/greeter/say_hello", "greeter", "Greeter.Say_hello", "greeter"],
  ["/greeter/say/HELLO", "greeter", "Say.HELLO", "greeter"],
  ["/foo/../bar/baz", "bar", "Bar.Baz", "foo"],
  // The published table of micro/examples api/README.md.
  ["/foo/bar", "foo", "Foo.Bar", "foo"],
  ["/foo/bar/baz", "foo", "Bar.Baz", "foo"],
  ["/v2/foo/bar/baz", "v2.foo", "Bar.Baz", "v2.foo"],
];

function resolve(path: string) {
  const segments = parseSegments(path);
  return isRefusal(segments) ? segments : resolvePath(segments);
}

describe("a path names a service and an endpoint", () => {
  test.each(GOLDEN)("%s is %s %s", (path, service, endpoint) => {
    expect(resolve(path)).toEqual({ service, endpoint });
  });

  test.each(GOLDEN)(
    "%s goes to the web service %s %s %s by the proxy rule",
    (path, _service, _endpoint, proxy) => {
      expect(resolveProxyPath(path)).toBe(proxy);
    },
  );

  test("the root is no service", () => {
    expect(resolve("/")).toBeUndefined();
  });

  test.each(["/", "/-foo/bar", "/foo_bar", "/169.254.169.254/x", "/foo@bar"])(
    "%s is no alias for the proxy rule",
    (path) => {
      expect(resolveProxyPath(path)).toBeUndefined();
    },
  );
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
