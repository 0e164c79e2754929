import type { Endpoint, Value } from "@micro-service/runtime";

/** How each package manager runs the project's `micro` script with arguments, as its README has it. */
const RUNNERS: Readonly<Record<string, string>> = {
  npm: "npm run micro --",
  pnpm: "pnpm run micro",
  yarn: "yarn run micro",
  bun: "bun run micro",
};

/** `npm run micro -- call`, in the form of the package manager that started us (`npm_config_user_agent`). */
export function microCommand(userAgent: string | undefined): string {
  const manager = /^\w+/.exec(userAgent ?? "")?.[0] ?? "";
  return Object.hasOwn(RUNNERS, manager) ? (RUNNERS[manager] as string) : "npx micro";
}

/**
 * A request worth sending, as JSON: the first plain field filled, `{"name":"Ada"}`. One, because the record does not
 * tell which fields exclude each other in a oneof.
 */
export function exampleRequest({ request }: Pick<Endpoint, "request">): string {
  for (const field of request?.values ?? []) {
    const value = sampleOf(field);
    if (value !== undefined) return JSON.stringify({ [jsonName(field.name)]: value });
  }
  return "{}";
}

function sampleOf({ name, type }: Value): unknown {
  if (type === "string") return name === "name" ? "Ada" : name.replaceAll("_", " ").trim() || "text";
  if (type === "bool") return true;
  if (/^u?int64$/.test(type)) return "1";
  return /^(?:u?int32|float(?:32|64))$/.test(type) ? 1 : undefined;
}

/** Protobuf's rule: `order_id` -> `orderId`. */
function jsonName(name: string): string {
  return name.replace(/_+(.?)/g, (_, letter: string) => letter.toUpperCase());
}

/** One word for a POSIX shell. */
export function shellWord(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
