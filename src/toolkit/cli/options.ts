import { parseDuration } from "@micro-service/runtime";
import { usageError } from "./exit-code.ts";

/** `a, b,` -> `["a", "b"]`. */
export function splitList(text: string | undefined): string[] {
  return (text ?? "")
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");
}

/** Milliseconds of a duration flag. */
export function durationMs(flag: string, text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined || ms < 1 || ms > 2 ** 31 - 1) {
    throw usageError(`--${flag} takes a duration such as 5s or 500ms, got ${JSON.stringify(text)}`);
  }
  return ms;
}

/** JSON text given on the command line, checked but unchanged. */
export function jsonText(what: string, text: string): string {
  try {
    JSON.parse(text);
    return text;
  } catch (error) {
    throw usageError(`${what} is not JSON: ${(error as Error).message}`);
  }
}

/** What the user changes to have another address: the flag that set this one. */
export function addressFlag(own: string | undefined, global: string | undefined, name: string): string {
  if (own !== undefined || global === undefined) return "--address";
  return `--${name} (MICRO_${name.toUpperCase()})`;
}

/** A switch: the flag, or a variable that says so. Commander would take `MICRO_API_ENABLE_RPC=false` for yes. */
export function isOn(flag: boolean | undefined, variable: string | undefined): boolean {
  return flag ?? /^(?:1|true|yes|on)$/i.test(variable ?? "");
}
