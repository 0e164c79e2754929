import { camelise, resolvePath } from "./path-rules.ts";

/**
 * The path that leads to an endpoint of a service, the inverse of the path rules: `("greeter", "Greeter.Hello")` ->
 * `/greeter/hello`, `("shop", "OrderDesk.GetURL")` -> `/shop/order-desk/get-URL`. Undefined when none does: under the
 * alias `v2`, `/v2/shop/place` is a method of `v2.shop`.
 *
 * The same as READMEs of generated projects say: test/contract/gateway-path.test.ts.
 */
export function gatewayPath(alias: string, endpoint: string): string | undefined {
  const [service = "", method = ""] = endpoint.split(".");
  const isShort = camelise(alias).toLowerCase() === service.toLowerCase();
  const elements = (isShort ? [method] : [service, method]).map(toPathElement);
  const segments = [...alias.split("."), ...elements];
  return resolvePath(segments)?.service === alias ? `/${segments.join("/")}` : undefined;
}

/** `SayHello` -> `say-hello`; `GetURL` -> `get-URL`, so that it is that name and no other; `hello` stays. */
function toPathElement(name: string): string {
  const words = name.match(/[A-Z]+(?![a-z0-9])|[A-Z]?[^A-Z]+/g) ?? [];
  return words.map((word) => (/^[A-Z][^A-Z]*$/.test(word) ? word.toLowerCase() : word)).join("-");
}
