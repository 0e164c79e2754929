/** What `micro api` does with a path element: `say-hello` -> `SayHello`. Only hyphens break words. */
export function camelise(text: string): string {
  return text
    .split("-")
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join("");
}

/** The path element that `camelise` turns into `name`; undefined when there is none (`getX` starts in lower case). */
export function toPathElement(name: string): string | undefined {
  const words = name.match(/[A-Z]+(?![a-z0-9])|[A-Z]?[^A-Z]+/g) ?? [];
  const element = words.map((word) => (/^[A-Z][^A-Z]*$/.test(word) ? word.toLowerCase() : word)).join("-");
  return camelise(element) === name ? element : undefined;
}

/**
 * Where the gateway serves a method: `/greeter/hello` when the service's name is the alias, else
 * `/shop/order-desk/place`. Undefined for a method no path leads to.
 */
export function gatewayPath(alias: string, service: string, method: string): string | undefined {
  const last = toPathElement(method);
  if (last === undefined) return undefined;
  if (camelise(alias) === service) return `/${alias}/${last}`;
  const middle = toPathElement(service);
  return middle === undefined ? undefined : `/${alias}/${middle}/${last}`;
}
