import { MAX_LABEL_BYTES, MAX_NAME_BYTES } from "./dns-message.ts";

/** What go-micro calls the list of all services: `_services.micro`. */
export const LIST_SERVICE = "_services";

/** `go.micro.srv.greeter` -> `go.micro.srv.greeter.micro`: what is asked for. */
export function serviceAddress(service: string, domain: string): string {
  return `${service}.${domain}`;
}

/** The name of one node's records: `<node id>.<service>.micro`. */
export function instanceAddress(id: string, service: string, domain: string): string {
  return `${id}.${service}.${domain}`;
}

/** The inverse of {@link instanceAddress}; undefined when the name is no instance of the service. */
export function instanceId(name: string, service: string, domain: string): string | undefined {
  const suffix = `.${service}.${domain}`;
  return name.endsWith(suffix) && name.length > suffix.length ? name.slice(0, -suffix.length) : undefined;
}

/** What DNS can carry: labels of 1 to 63 bytes between dots, 253 bytes in all. */
export function isDomainName(name: string): boolean {
  if (Buffer.byteLength(name) > MAX_NAME_BYTES) return false;
  return name.split(".").every((label) => label !== "" && Buffer.byteLength(label) <= MAX_LABEL_BYTES);
}
