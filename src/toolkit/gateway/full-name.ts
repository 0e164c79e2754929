/**
 * Namespace and service as one name (go-micro v1.18 `api/router/registry/registry.go`, setNamespace).
 *
 * ```
 * ("go.micro.api", "greeter") -> go.micro.api.greeter
 * ("", "greeter")             -> greeter
 * ("shop.", "v1.cart")        -> shop.v1.cart
 * ("shop-", "v1.cart")        -> shop-v1-cart
 * ```
 */
export function fullName(namespace: string, service: string): string {
  if (namespace === "") return service;
  if (namespace.endsWith("-")) return `${namespace}${service}`.replaceAll(".", "-");
  if (namespace.endsWith(".")) return `${namespace}${service}`;
  return `${namespace}.${service}`;
}

/** The service of a full name, or undefined when it lies outside the namespace. Inverse of `fullName`. */
export function shortName(namespace: string, name: string): string | undefined {
  const prefix =
    namespace === "" || namespace.endsWith(".") || namespace.endsWith("-") ? namespace : `${namespace}.`;
  return name.startsWith(prefix) && name.length > prefix.length ? name.slice(prefix.length) : undefined;
}
