import { findProject, ProjectError } from "../../run/micro-json.ts";
import { EdgeAddressError, runProject } from "../../run/run-project.ts";
import { type Connect, withConnection } from "../connect.ts";
import { CommandError, ExitCode } from "../exit-code.ts";
import { runtimeArgs } from "../runtime-flags.ts";
import type { Terminal } from "../terminal.ts";
import { API_ADDRESS } from "./api.ts";
import { WEB_ADDRESS } from "./web.ts";

export interface RunFlags {
  readonly api_address?: string;
  readonly web_address?: string;
  readonly once?: boolean;
}

/** `micro run`: the project a folder belongs to, for development, until interrupted. */
export async function run(
  folder: string,
  flags: RunFlags,
  version: string,
  terminal: Terminal,
  connect: Connect,
): Promise<void> {
  try {
    const project = await findProject(folder);
    const signal = terminal.onInterrupt();
    const env = developmentEnv(terminal, { ...flags });
    // We look for the services where they register: with their environment, the flags already in it.
    const connecting = connect({}, { ...terminal, env });
    await withConnection(connecting, async (connection) => {
      const up = await runProject({
        project,
        env,
        connection,
        apiAddress: flags.api_address ?? API_ADDRESS,
        webAddress: flags.web_address ?? WEB_ADDRESS,
        version,
        out: (text) => terminal.out(text),
        color: terminal.color,
        signal,
        once: flags.once === true,
      });
      if (!up && !signal.aborted) throw new CommandError(ExitCode.failure, "not everything came up");
    });
  } catch (error) {
    if (error instanceof ProjectError) throw new CommandError(ExitCode.usage, error.message);
    if (error instanceof EdgeAddressError) throw new CommandError(ExitCode.failure, error.message);
    throw error;
  }
}

/**
 * What services run with in development: they bind, advertise and look on loopback only, unless the user says
 * otherwise by flag or environment.
 */
export function developmentEnv(
  { env, color }: Pick<Terminal, "env" | "color">,
  flags: Readonly<Record<string, unknown>>,
): Record<string, string | undefined> {
  const given: Record<string, string> = {};
  for (const arg of runtimeArgs(flags)) {
    const [, name = "", value = ""] = /^--([a-z_]+)=(.*)$/s.exec(arg) ?? [];
    given[`MICRO_${name.toUpperCase()}`] = value;
  }
  const merged = { ...env, ...given };
  const isMdns = (merged.MICRO_REGISTRY ?? "mdns") === "mdns";
  return {
    MICRO_SERVER_ADDRESS: "127.0.0.1:0",
    MICRO_BROKER_ADDRESS: "127.0.0.1:0",
    // Piped, but for a person.
    MICRO_LOG_FORMAT: "text",
    ...(isMdns ? { MICRO_REGISTRY_ADDRESS: "127.0.0.1" } : {}),
    ...(color ? { FORCE_COLOR: "1" } : {}),
    ...merged,
  };
}
