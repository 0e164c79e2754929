import { createPaint, type Paint, wantsColor } from "./paint.ts";

/** One of the two output streams of a command. */
export interface Output {
  /** Writes the text as it is; a reader that has gone away (`| head`) is not an error. */
  write(text: string): void;
  /** Writes the text and a line end. */
  line(text?: string): void;
  readonly paint: Paint;
  readonly isTerminal: boolean;
  /** Width in characters; 80 when it is not a terminal. */
  readonly columns: number;
}

/** Where a command talks: results to `out` (stdout), progress and errors to `err` (stderr). */
export interface Terminal {
  readonly out: Output;
  readonly err: Output;
  /** A person can be asked: stdin and stdout are terminals and `CI` is not set. */
  readonly interactive: boolean;
  /** Stacks are wanted: `--debug` or `MICRO_DEBUG=1`. */
  readonly debug: boolean;
  /** A program reads `out`: `--json`. */
  readonly json: boolean;
}

/** The part of a Node stream a terminal needs, so that tests can hand in their own. */
export interface TerminalStream {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

export interface TerminalOptions {
  readonly stdin?: { readonly isTTY?: boolean | undefined };
  readonly stdout: TerminalStream;
  readonly stderr: TerminalStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Arguments behind the command's name; `--color`, `--no-color`, `--debug` and `--json` are looked for before `--`. */
  readonly argv: readonly string[];
}

export function createTerminal({ stdin, stdout, stderr, env, argv }: TerminalOptions): Terminal {
  const end = argv.indexOf("--");
  const flags = end === -1 ? argv : argv.slice(0, end);
  const flag = flags.includes("--no-color") ? false : flags.includes("--color") ? true : undefined;

  const output = (stream: TerminalStream): Output => {
    const isTerminal = stream.isTTY === true;
    return {
      write: (text) => void stream.write(text),
      line: (text = "") => void stream.write(`${text}\n`),
      paint: createPaint(wantsColor({ flag, env, isTerminal })),
      isTerminal,
      get columns() {
        return stream.columns ?? 80;
      },
    };
  };

  const inCi = env.CI !== undefined && env.CI !== "" && env.CI !== "0" && env.CI !== "false";
  return {
    out: output(stdout),
    err: output(stderr),
    interactive: stdin?.isTTY === true && stdout.isTTY === true && !inCi,
    debug:
      flags.includes("--debug") || (env.MICRO_DEBUG !== undefined && !/^(0|false)?$/.test(env.MICRO_DEBUG)),
    json: flags.includes("--json"),
  };
}

/**
 * Text from outside made harmless for a terminal: control characters, which could move the cursor or hide what was
 * printed, become `\x1b`-like escapes. Line ends and tabs stay.
 */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, (char) => {
    const code = char.charCodeAt(0);
    return code < 256 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u${code.toString(16)}`;
  });
}
