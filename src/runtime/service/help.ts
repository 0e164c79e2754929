import type { Settings } from "./settings.ts";
import { SETTINGS } from "./settings-table.ts";

/** What a service was asked about itself instead of being started. */
export type Question = "help" | "version";

/** `--help` or `--version` before `--`; the first one counts. */
export function questionOf(args: readonly string[]): Question | undefined {
  const end = args.indexOf("--");
  const asked = (end < 0 ? args : args.slice(0, end)).find((arg) => arg === "--help" || arg === "--version");
  return asked?.slice(2) as Question | undefined;
}

/** What a service prints then, with a line end. */
export function answerTo(question: Question, { name, version }: Settings): string {
  if (question === "version") return `${name} ${version}\n`;
  const rows = SETTINGS.map(({ flag, text }) => [`--${flag}`, `MICRO_${flag.toUpperCase()}`, text] as const);
  const width = (column: 0 | 1) => Math.max(...rows.map((row) => row[column].length));
  const [flags, variables] = [width(0), width(1)];
  const lines = rows.map((row) => `  ${row[0].padEnd(flags)}  ${row[1].padEnd(variables)}  ${row[2]}`);
  return `${name} ${version}

Flags, the variables that say the same, and what they mean; a flag wins over its variable:

${lines.join("\n")}

What stands behind -- belongs to the application.
`;
}
