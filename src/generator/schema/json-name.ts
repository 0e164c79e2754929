/** protoc's ToJsonName: `foo_bar__baz_1` -> `fooBarBaz1`, `_leading` -> `Leading`. */
export function toJsonName(name: string): string {
  if (!name.includes("_")) return name;
  return name.replace(/_+([a-z]?)/g, (_, next: string) => next.toUpperCase());
}
