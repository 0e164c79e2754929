/**
 * What may stand for a service in a URL: one DNS-like label sequence of at most 63 characters. Nothing that could be
 * read as an address, a path or markup gets as far as the registry. Dots come only from the path rules themselves.
 */
const SERVICE = /^[A-Za-z0-9](?:[A-Za-z0-9_-]|\.(?=[A-Za-z0-9])){0,62}$/;
const ENDPOINT = /^[A-Za-z][A-Za-z0-9_]{0,127}\.[A-Za-z][A-Za-z0-9_]{0,127}$/;
const FULL_NAME = /^[A-Za-z0-9](?:[A-Za-z0-9_-]|\.(?=[A-Za-z0-9])){0,254}$/;

/** `greeter`, `v1.foo`, `foo-bar`. */
export function isServiceSegment(text: string): boolean {
  return SERVICE.test(text);
}

/** `Greeter.Hello`. */
export function isEndpoint(text: string): boolean {
  return ENDPOINT.test(text);
}

/** `go.micro.srv.greeter`: a name as it stands on the registry, at most 255 characters. */
export function isServiceName(text: string): boolean {
  return FULL_NAME.test(text);
}
