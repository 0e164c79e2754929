import { describe, expect, test } from "vitest";
import { camelise, gatewayPath, toPathElement } from "../../../src/generator/scaffold/gateway-path.ts";

describe("where the gateway serves a method", () => {
  test.each([
    ["greeter", "Greeter", "Hello", "/greeter/hello"],
    ["order-desk", "OrderDesk", "SayHello", "/order-desk/say-hello"],
    ["shop", "OrderDesk", "Place", "/shop/order-desk/place"],
    ["greeter", "Say", "Hello", "/greeter/say/hello"],
    ["files", "Files", "GetURL", "/files/get-URL"],
    ["files", "Files", "V2Get", "/files/v2-get"],
    ["greeter", "Greeter", "Say_hello", "/greeter/say_hello"],
    ["greeter", "Greeter", "hello", undefined],
  ])("%s: %s.%s is at %s", (alias, service, method, path) =>
    expect(gatewayPath(alias, service, method)).toBe(path),
  );

  test.each(["Hello", "SayHello", "GetURL", "URLGet", "V2Get", "A", "ABTest", "Get2FACode", "X_y", "HTTP"])(
    "the way of %s there and back ends where it began",
    (name) => expect(camelise(toPathElement(name) ?? "")).toBe(name),
  );
});
