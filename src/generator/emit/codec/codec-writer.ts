import type { Message } from "../../schema/schema.ts";
import type { Slot } from "../field-plan.ts";
import { LINE_WIDTH, type ModuleFile } from "../module-file.ts";
import type { Scope } from "../scope.ts";
import { wrapLine } from "./wrap-line.ts";

/** What helpers of unknown length leave free behind them; the runtime's SLACK. */
export const SLACK = 24;

/** Collects the text of generated functions and keeps account of the room in the target buffer. */
export class CodeWriter {
  readonly scope: Scope;
  readonly file: ModuleFile;
  /** Put together and never looked into: V8 copies the parts once, when the file is done. */
  #text = "";
  #indent = "";
  #lineFeed = "\n";
  /** Asked of all functions, and there are few names: one expression for each. */
  readonly #words = new Map<string, RegExp>();
  /** Bytes that are certainly free at `p`. */
  room = 0;
  /** What a check asks for at least: all that the rest of the message may need besides texts. */
  ahead = SLACK;

  constructor(scope: Scope, file: ModuleFile) {
    this.scope = scope;
    this.file = file;
  }

  /** All that was printed; every line ends with a line feed. */
  get text(): string {
    return this.#text;
  }

  /** Single lines without indent; what is too long is wrapped. */
  line(...lines: string[]): void {
    for (const line of lines) {
      if (line.length + this.#indent.length > LINE_WIDTH) this.raw(wrapLine(this.#indent + line));
      else if (line === "") this.#text += "\n";
      else this.#text += `${this.#indent}${line}\n`;
    }
  }

  /** Lines as they are. */
  raw(lines: readonly string[]): void {
    for (const line of lines) this.#text += `${line}\n`;
  }

  /** Several short lines in one text, without indent and without the last line feed: what most of a codec consists of. */
  lines(text: string): void {
    this.#text += `${this.#indent}${text.replaceAll("\n", this.#lineFeed)}\n`;
  }

  /** `head {`, the body, `tail`. */
  block(head: string, body: () => void, tail = "}"): void {
    this.line(head);
    this.indented(body);
    this.line(tail);
  }

  /** What `body` prints stands two columns further in. */
  indented(body: () => void): void {
    const indent = this.#indent;
    this.#indent += "  ";
    this.#lineFeed = `\n${this.#indent}`;
    body();
    this.#indent = indent;
    this.#lineFeed = `\n${indent}`;
  }

  /**
   * `export function name(a, b): type {`, the body, `}`; one parameter per line when they are many. A parameter that the
   * body does not mention gets the underscore that linters ask for.
   */
  func(name: string, parameters: readonly string[], type: string, body: () => void): void {
    const before = this.#text;
    this.#text = "";
    this.indented(body);
    const text = this.#text;
    const marked = parameters.map((parameter) => {
      const local = parameter.slice(0, parameter.indexOf(":"));
      return this.#word(local).test(text) ? parameter : `_${parameter}`;
    });
    const oneLine = `${name}(${marked.join(", ")}): ${type} {`;
    const head =
      oneLine.length <= LINE_WIDTH
        ? oneLine
        : `${name}(\n${marked.map((parameter) => `  ${parameter},\n`).join("")}): ${type} {`;
    this.#text = `${before}${head}\n${text}}\n`;
  }

  /** The name where it is not a part of another one. */
  #word(name: string): RegExp {
    let word = this.#words.get(name);
    if (word === undefined) {
      word = new RegExp(`\\b${name}\\b`);
      this.#words.set(name, word);
    }
    return word;
  }

  slots(message: Message): readonly Slot[] {
    return this.scope.slots(message);
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
