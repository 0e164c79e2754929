import type { ModuleFile } from "../module-file.ts";
import type { Scope } from "../scope.ts";

/** What helpers of unknown length leave free behind them; the runtime's SLACK. */
export const SLACK = 24;

/** Collects the lines of a generated function and keeps account of the room in the target buffer. */
export class CodeWriter {
  readonly lines: string[] = [];
  readonly scope: Scope;
  readonly file: ModuleFile;
  #indent = "";
  /** Bytes that are certainly free at `p`. */
  room = 0;
  /** What a check asks for at least: all that the rest of the message may need besides texts. */
  ahead = SLACK;

  constructor(scope: Scope, file: ModuleFile) {
    this.scope = scope;
    this.file = file;
  }

  line(...lines: string[]): void {
    for (const line of lines.flatMap((part) => part.split("\n")))
      this.lines.push(line === "" ? "" : this.#indent + line);
  }

  /** `head {`, the body, `tail`. */
  block(head: string, body: () => void, tail = "}"): void {
    this.line(head);
    const indent = this.#indent;
    this.#indent += "  ";
    body();
    this.#indent = indent;
    this.line(tail);
  }

  /** Local name of a runtime helper. */
  runtime(name: string): string {
    return this.file.value(this.scope.runtime.codec, name);
  }

  /** Makes sure that `bytes` are free at `p`. To be called outside of any condition. */
  need(bytes: number): void {
    if (this.room >= bytes) return;
    this.room = Math.max(bytes, this.ahead);
    this.line(`if (p + ${this.room} > b.length) ${this.runtime("noRoom")}();`);
  }

  /** Accounts for a field of at most `bytes`. */
  spend(bytes: number): void {
    this.room -= bytes;
  }

  /** Accounts for a field that ended in a helper, if it was there. */
  settle(): void {
    this.room = Math.min(this.room, SLACK);
  }
}
