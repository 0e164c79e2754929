import { parseAddress } from "../registry/index.ts";
import { nearMatches } from "../selector/index.ts";
import { type Question, questionOf } from "./help.ts";
import type { AnyServiceOptions } from "./service.ts";
import { SettingProblem } from "./setting-readers.ts";
import { type Settings, settingsOf } from "./settings.ts";
import { SETTINGS, type Setting } from "./settings-table.ts";

/** The settings that count, and everything that is wrong with them. */
export interface ReadSettings {
  readonly settings: Settings;
  readonly problems: readonly string[];
  /** The service is to tell of itself instead of starting. */
  readonly question: Question | undefined;
}

const BY_FLAG = new Map(SETTINGS.map((setting) => [setting.flag, setting]));

/** `registry_address` and the like: an unknown flag of these families is a mistake, not the application's. */
const FAMILY = /^(?:client|server|registry|register|broker|selector|transport|tls|log)[_-]/;

/**
 * Code < environment < flag. A variable that is set but empty counts as unset (templates leave such behind). Flags
 * that look nothing like ours are left to the application, and so is everything after `--`.
 */
export function readSettings(options: AnyServiceOptions): ReadSettings {
  const problems: string[] = [];
  let settings = settingsOf(options);
  const apply = (setting: Setting, values: readonly string[], source: string) => {
    try {
      const read = setting.read(values, source);
      const metadata = { ...settings.metadata, ...read.metadata };
      const tls = merged(settings.tls, read.tls);
      const clientTls = merged(settings.clientTls, read.clientTls);
      settings = { ...settings, ...read, metadata, tls, clientTls };
    } catch (error) {
      if (!(error instanceof SettingProblem)) throw error;
      problems.push(error.message);
    }
  };

  const env = options.env ?? process.env;
  for (const setting of SETTINGS) {
    const variable = `MICRO_${setting.flag.toUpperCase()}`;
    const value = env[variable];
    if (value === undefined || value === "") continue;
    apply(setting, setting.repeatable ? value.split(",") : [value], variable);
  }
  const args = options.args ?? process.argv.slice(2);
  const { values, problems: flagProblems } = readFlags(args);
  problems.push(...flagProblems);
  for (const [setting, given] of values) apply(setting, given, `--${setting.flag}`);

  problems.push(...contradictions(settings));
  return { settings, problems, question: questionOf(args) };
}

/** Several flags make one object. */
function merged<T extends object>(before: T | undefined, read: T | undefined): T | undefined {
  return before === undefined || read === undefined ? (read ?? before) : { ...before, ...read };
}

function readFlags(args: readonly string[]): { values: Map<Setting, string[]>; problems: string[] } {
  const values = new Map<Setting, string[]>();
  const problems: string[] = [];
  for (let index = 0; index < args.length; index++) {
    const arg = args[index] as string;
    if (arg === "--") break;
    const match = /^--([A-Za-z][\w-]*)(?:=(.*))?$/s.exec(arg);
    if (match === null) continue;
    const name = match[1] as string;
    const setting = BY_FLAG.get(name);
    if (setting === undefined) {
      const near = nearMatches(name, BY_FLAG.keys());
      if (near.length === 0 && !FAMILY.test(name)) continue;
      const hint =
        near.length > 0
          ? `did you mean --${near.join(" or --")}?`
          : `known: ${[...BY_FLAG.keys()].map((flag) => `--${flag}`).join(" ")}.`;
      problems.push(`unknown flag --${name}; ${hint} Flags of the application go behind --`);
      continue;
    }
    let value = match[2];
    const following = args[index + 1];
    if (value === undefined && following !== undefined && !following.startsWith("--")) {
      value = following;
      index++;
    }
    if (value === undefined || value === "") {
      problems.push(`--${name} needs a value; an example: --${name}=${setting.example}`);
      continue;
    }
    const given = values.get(setting);
    if (given === undefined) values.set(setting, [value]);
    else given.push(value);
  }
  return { values, problems };
}

function contradictions(settings: Settings): string[] {
  const problems: string[] = [];
  const { name, registerTtlMs, registerIntervalMs } = settings;
  if (name.length > 200 || !/^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/.test(name)) {
    problems.push(
      `service name ${JSON.stringify(name)}: only letters, digits, dots, dashes and underscores, beginning and ending with a letter or digit; an example: go.micro.srv.greeter`,
    );
  }
  if (settings.address !== undefined) {
    try {
      parseAddress(settings.address);
    } catch (error) {
      problems.push(`address: ${(error as Error).message}; an example: 127.0.0.1:0`);
    }
  }
  problems.push(...incompleteTls(settings));
  if (registerTtlMs > 0 && registerTtlMs <= registerIntervalMs) {
    problems.push(
      `register_interval (${registerIntervalMs / 1000} s) must be shorter than register_ttl (${registerTtlMs / 1000} s): the record would run out between renewals`,
    );
  }
  if (registerTtlMs > 0 && registerIntervalMs === 0) {
    problems.push("register_interval 0 means never to renew: set register_ttl to 0 too");
  }
  return problems;
}

function incompleteTls({ tls, clientTls }: Settings): string[] {
  const problems: string[] = [];
  if (tls !== undefined && (tls.certFile === undefined || tls.keyFile === undefined))
    problems.push("tls_cert_file and tls_key_file belong together: serving with TLS needs both");
  if ((clientTls?.certFile === undefined) !== (clientTls?.keyFile === undefined))
    problems.push("client_tls_cert_file and client_tls_key_file belong together");
  if (clientTls?.insecureSkipVerify === true && clientTls.caFile !== undefined)
    problems.push("client_tls_insecure_skip_verify believes everybody: leave it out, or client_tls_ca_file");
  return problems;
}
