import { ProjectError } from "../project-error.ts";

/** `shop.UserCreated` -> `shop.user-created` */
export function topicOf(fullName: string): string {
  const parts = fullName.split(".");
  return [...parts.slice(0, -1), kebabCase(parts.at(-1) as string)].join(".");
}

/** `order-desk`, `order_desk`, `orderDesk` -> `OrderDesk` */
export function pascalCase(typed: string, what: string): string {
  const name = typed.replace(/(?:^|[-_]+)([A-Za-z0-9])/g, (_all, letter: string) => letter.toUpperCase());
  if (!/^[A-Za-z]\w*$/.test(name) || name.length > 100)
    throw new ProjectError(
      "invalid",
      `"${typed}" cannot name a${what === "event" ? "n" : what === "rpc" ? "n" : ""} ${what}; write letters and digits.`,
    );
  return name;
}

/** `OrderDesk` -> `order-desk` */
export function kebabCase(name: string): string {
  return name
    .replace(/([a-z\d])([A-Z])|([A-Z])(?=[A-Z][a-z])/g, "$1$3-$2")
    .replaceAll("_", "-")
    .toLowerCase();
}

/** Of a name in a package, which may be empty. */
export function full(scope: string, name: string): string {
  return scope === "" ? name : `${scope}.${name}`;
}

/** `Desk.Hello` is an end of `shop.Desk.Hello`. */
export function endsIn(name: string, end: string): boolean {
  return name === end || name.endsWith(`.${end}`);
}
