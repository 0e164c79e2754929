import { parseAddress, toNodeAddress } from "../registry/index.ts";
import type { ClientTls, ServerTls } from "../transport/index.ts";
import { parseDuration } from "./duration.ts";
import type { Settings } from "./settings.ts";

/** Values of one setting found outside the code: one, or several for `metadata`. */
export type Reader = (values: readonly string[], source: string) => Partial<Settings>;

/** What is wrong with a value; `source` is how the user gave it. */
export class SettingProblem extends Error {}

const last = (values: readonly string[]): string => values.at(-1) ?? "";

/** Takes any text. */
export const plain =
  (key: keyof Settings): Reader =>
  (values) => ({ [key]: last(values) });

function problem(source: string, value: string, wants: string, example: string): SettingProblem {
  return new SettingProblem(`${source}: ${JSON.stringify(value)} is not ${wants}; an example: ${example}`);
}

/** Takes `host:port`. */
export const address =
  (key: keyof Settings, example: string): Reader =>
  (values, source) => {
    const value = last(values);
    try {
      parseAddress(value);
    } catch {
      throw problem(source, value, "host:port", example);
    }
    return { [key]: value };
  };

/** Takes a host, or `host:port`. */
export const advertised: Reader = (values, source) => {
  const value = last(values);
  try {
    parseAddress(toNodeAddress("127.0.0.1:1", value));
  } catch {
    throw problem(source, value, "host or host:port", "10.0.0.5:8080");
  }
  return { advertise: value };
};

// Timers beyond 2^31-1 ms fire at once.
const MAX_MS = 2 ** 31 - 1;

/** Takes a duration as Go writes them; a bare number of seconds, and zero, where told. */
export const duration =
  (key: keyof Settings, example: string, options: { bareSeconds?: boolean; zero?: boolean } = {}): Reader =>
  (values, source) => {
    const value = last(values);
    const ms =
      options.bareSeconds === true && /^\d{1,9}$/.test(value) ? Number(value) * 1_000 : parseDuration(value);
    if (ms === undefined || ms > MAX_MS || (ms < 1 && !(options.zero === true && ms === 0)))
      throw problem(
        source,
        value,
        options.bareSeconds ? "a number of seconds or a duration" : "a duration",
        example,
      );
    return { [key]: ms };
  };

/** Takes a whole number within limits. */
export const integer =
  (key: keyof Settings, min: number, max: number, example: string): Reader =>
  (values, source) => {
    const value = last(values);
    const number = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN;
    if (!(number >= min && number <= max))
      throw problem(source, value, `a whole number from ${min} to ${max}`, example);
    return { [key]: number };
  };

/** Takes `on` or `off`. */
export const onOff =
  (key: keyof Settings): Reader =>
  (values, source) => {
    const value = last(values);
    if (value !== "on" && value !== "off") throw problem(source, value, "on or off", "off");
    return { [key]: value === "on" };
  };

/** Takes `key=value`, several times. */
export const metadata: Reader = (values, source) => {
  const pairs = values.map((pair): [string, string] => {
    const cut = pair.indexOf("=");
    if (cut < 1) throw problem(source, pair, "key=value", "region=eu");
    return [pair.slice(0, cut).trim(), pair.slice(cut + 1)];
  });
  return { metadata: Object.fromEntries(pairs) };
};

/** Takes the path of a PEM file. */
export const tls =
  (side: "tls" | "clientTls", key: keyof ServerTls | keyof ClientTls): Reader =>
  (values) => ({ [side]: { [key]: last(values) } });

/** Takes `true` or `false`. */
export const skipVerify: Reader = (values, source) => {
  const value = last(values);
  if (value !== "true" && value !== "false") throw problem(source, value, "true or false", "true");
  return { clientTls: { insecureSkipVerify: value === "true" } };
};
