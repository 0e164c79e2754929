/** Exit codes of `micro`; docs/micro.md lists the same ones. */
export const ExitCode = {
  ok: 0,
  /** The command was understood and failed: no such service, a call's error, a taken port. */
  failure: 1,
  /** The command line makes no sense. */
  usage: 2,
  interrupted: 130,
} as const;

/** An error a person can act on: printed as is, without a stack. */
export class CommandError extends Error {
  readonly exitCode: number;

  constructor(exitCode: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "CommandError";
    this.exitCode = exitCode;
  }
}

/** The command line makes no sense. */
export function usageError(message: string): CommandError {
  return new CommandError(ExitCode.usage, message);
}
