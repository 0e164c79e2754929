/** Exit codes of every command; `docs/exit-codes.md` lists the same ones. */
export const ExitCode = {
  ok: 0,
  unexpected: 1,
  usage: 2,
  conflict: 3,
  drift: 4,
  stepFailed: 5,
  invalidSchema: 6,
  breaking: 7,
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
