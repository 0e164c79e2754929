import { visible } from "./control-characters.ts";
import type { LogLevel, LogRecord, PlainValue } from "./log.ts";

const COLORS: Readonly<Record<LogLevel, string>> = { debug: "2", info: "36", warn: "33", error: "31" };
const NAMES: Readonly<Record<LogLevel, string>> = {
  debug: "debug",
  info: "info ",
  warn: "warn ",
  error: "error",
};

/**
 * A record for a person at a terminal: `21:08:26.123 info  stock is low  method=shop.Shop/Order left=2`. The stack of
 * an error follows in lines of its own, which begin with spaces as no other does.
 */
export function textLine(record: LogRecord, color: boolean): string {
  const paint = (code: string, text: string) => (color ? `\u001b[${code}m${text}\u001b[0m` : text);
  const time = new Date(record.epochMs).toISOString().slice(11, 23);
  const told = Object.entries({ ...record.call, ...record.fields }).map(
    ([name, value]) => `${paint("2", `${visible(name)}=`)}${shown(value)}`,
  );
  const head = [
    paint("2", time),
    paint(COLORS[record.level], NAMES[record.level]),
    visible(record.message),
    ...(told.length === 0 ? [] : ["", ...told]),
  ].join(" ");
  return [head, ...stackOf(record)].join("\n");
}

function shown(value: PlainValue): string {
  if (typeof value === "string")
    return /^[^\s"=]+$/.test(value) ? visible(value) : visible(JSON.stringify(value));
  if (isError(value)) return visible(JSON.stringify(value.message ?? value.name ?? "error"));
  return visible(JSON.stringify(value));
}

function stackOf({ fields }: LogRecord): string[] {
  return Object.values(fields)
    .filter(isError)
    .flatMap(({ stack }) => stack.split("\n").slice(1))
    .map((line) => `    ${visible(line.trim())}`);
}

type ToldError = { readonly [name: string]: PlainValue } & { readonly stack: string };

function isError(value: PlainValue): value is ToldError {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    typeof (value as ToldError).stack === "string"
  );
}
