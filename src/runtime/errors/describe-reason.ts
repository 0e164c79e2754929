const LONGEST = 8192;

/** The message of whatever was thrown: `Error("gone")` -> `gone`. Anything can be thrown, so this never throws itself. */
export function messageOf(reason: unknown): string {
  return told(() => (reason instanceof Error ? reason.message : reason));
}

/**
 * Whatever was thrown as one line for a log, with the stack when there is one: line breaks become ` | `, other control
 * characters (they could speak to a terminal) are escaped, and it ends after 8192 characters. Never throws.
 */
export function describeReason(reason: unknown): string {
  const text = told(() => (reason instanceof Error ? (reason.stack ?? reason.message) : reason));
  return text
    .slice(0, LONGEST)
    .replace(/\s*[\r\n\u2028\u2029]\s*/g, " | ")
    .replace(/\p{Cc}/gu, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`);
}

/** Getters, proxies, objects without a prototype: reading what was thrown may throw again. */
function told(read: () => unknown): string {
  try {
    return String(read());
  } catch {
    return "something that cannot be shown was thrown";
  }
}
