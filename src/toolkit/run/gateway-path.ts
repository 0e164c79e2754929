import { camelise } from "../api/path-rules.ts";

/**
 * The path under which the gateway calls an endpoint of a service: inverse of the path rules.
 * `("greeter", "Greeter.Hello")` -> `/greeter/hello`; `("shop", "OrderDesk.Place")` -> `/shop/order-desk/place`.
 */
export function gatewayPath(alias: string, endpoint: string): string {
  const [service = "", method = ""] = endpoint.split(".");
  const place = alias.replaceAll(".", "/");
  return camelise(alias) === service
    ? `/${place}/${dashed(method)}`
    : `/${place}/${dashed(service)}/${dashed(method)}`;
}

/** `SayHello` -> `say-hello`. */
function dashed(name: string): string {
  return name.replace(/(?!^)[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
}
