/**
 * Where `micro api` serves a method: `/greeter/hello` when the service's name is the alias, else
 * `/shop/order-desk/place`. Undefined when the alias is a version: `/v2/shop/place` is a method of `v2.shop`.
 *
 * The inverse of the gateway's rule, and the same as `micro run` prints: test/contract/gateway-path.test.ts.
 */
export function gatewayPath(alias: string, service: string, method: string): string | undefined {
  if (camelise(alias).toLowerCase() === service.toLowerCase()) return `/${alias}/${toPathElement(method)}`;
  if (/^v[0-9]+$/.test(alias)) return undefined;
  return `/${alias}/${toPathElement(service)}/${toPathElement(method)}`;
}

/**
 * `SayHello` -> `say-hello`; `GetURL` -> `get-URL`, which is that name and no other; `hello` -> `hello`, which the
 * gateway takes for `Hello` and finds all the same, because it does not insist on upper and lower case.
 */
function toPathElement(name: string): string {
  const words = name.match(/[A-Z]+(?![a-z0-9])|[A-Z]?[^A-Z]+/g) ?? [];
  return words.map((word) => (/^[A-Z][^A-Z]*$/.test(word) ? word.toLowerCase() : word)).join("-");
}

/** What the gateway does with a path element: `say-hello` -> `SayHello`. Only hyphens break words. */
function camelise(text: string): string {
  return text
    .split("-")
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join("");
}
