import type { Message } from "../../schema/schema.ts";
import type { Slot } from "../field-plan.ts";
import { LINE_WIDTH, type ModuleFile } from "../module-file.ts";
import type { Scope } from "../scope.ts";
import { wrapLine } from "./wrap-line.ts";

/** What helpers of unknown length leave free behind them; the runtime's SLACK. */
export const SLACK = 24;

/** Indents by depth; nothing that is printed is nested deeper than a oneof's map. */
const margins = Array.from({ length: 16 }, (_, depth) => "  ".repeat(depth));
const lineFeeds = margins.map((margin) => `\n${margin}`);

/**
 * Collects the text of generated functions and keeps account of the room in the target buffer. Half a million lines of a large
 * schema come through here, mostly before V8 has compiled it well: so loops count instead of asking iterators.
 */
export class CodeWriter {
  readonly scope: Scope;
  readonly file: ModuleFile;
  /** Put together and never looked into: V8 copies the parts once, when the file is done. */
  #text = "";
  #depth = 0;
  /** Local names of the runtime's helpers that were asked for. */
  readonly #helpers = new Map<string, string>();
  /** Texts that were printed before, by what makes them differ. */
  readonly #known = new Map<string, string>();
  /** Bytes that are certainly free at `p`. */
  room = 0;
  /** What a check asks for at least: all that the rest of the message may need besides texts. */
  ahead = SLACK;
  /** Characters of the longest function so far. */
  longest = 0;

  constructor(scope: Scope, file: ModuleFile) {
    this.scope = scope;
    this.file = file;
  }

  /** All that was printed; every line ends with a line feed. */
  get text(): string {
    return this.#text;
  }

  /** A single line without indent; what is too long is wrapped. */
  line(line: string): void {
    const margin = margins[this.#depth]!;
    if (line.length + margin.length > LINE_WIDTH) this.raw(wrapLine(margin + line));
    else if (line === "") this.#text += "\n";
    else this.#text += `${margin}${line}\n`;
  }

  /** Lines without indent, each as `line` does it. */
  each(lines: readonly string[]): void {
    for (let i = 0; i < lines.length; i++) this.line(lines[i]!);
  }

  /** Lines as they are. */
  raw(lines: readonly string[]): void {
    for (let i = 0; i < lines.length; i++) this.#text += `${lines[i]}\n`;
  }

  /** Several short lines in one text, without indent and without the last line feed: what most of a codec consists of. */
  lines(text: string): void {
    this.#text += `${margins[this.#depth]}${text.replaceAll("\n", lineFeeds[this.#depth]!)}\n`;
  }

  /** Short lines that come again and again; `key` tells them from all others of the file, `make` makes them. */
  again(key: string, make: () => string): void {
    const at = margins[this.#depth]! + key;
    let known = this.#known.get(at);
    if (known === undefined) {
      known = `${margins[this.#depth]}${make().replaceAll("\n", lineFeeds[this.#depth]!)}\n`;
      this.#known.set(at, known);
    }
    this.#text += known;
  }

  /** `head {`, the body, `tail`. */
  block(head: string, body: () => void, tail = "}"): void {
    this.line(head);
    this.#depth += 1;
    body();
    this.#depth -= 1;
    this.line(tail);
  }

  /** What `body` prints stands two columns further in. */
  indented(body: () => void): void {
    this.#depth += 1;
    body();
    this.#depth -= 1;
  }

  /**
   * `export function name(a: A, b: B): type {`, the body, `}`; one parameter per line when they are many.
   *
   * @param doubtful parameters that the body may not mention: one gets the underscore that linters ask for, then
   */
  func(
    name: string,
    parameters: readonly string[],
    type: string,
    body: () => void,
    doubtful: readonly string[] = [],
  ): void {
    const before = this.#text;
    this.#text = "";
    this.indented(body);
    const text = this.#text;
    this.longest = Math.max(this.longest, text.length);
    const marked =
      doubtful.length === 0
        ? parameters
        : parameters.map((parameter) => {
            const local = parameter.slice(0, parameter.indexOf(":"));
            return doubtful.includes(local) && !mentions(text, local) ? `_${parameter}` : parameter;
          });
    const oneLine = `${name}(${marked.join(", ")}): ${type} {`;
    const head =
      oneLine.length <= LINE_WIDTH ? oneLine : `${name}(\n  ${marked.join(",\n  ")},\n): ${type} {`;
    this.#text = `${before}${head}\n${text}}\n`;
  }

  slots(message: Message): readonly Slot[] {
    return this.scope.slots(message);
  }

  /** Local name of a runtime helper. */
  runtime(name: string): string {
    let local = this.#helpers.get(name);
    if (local === undefined) {
      local = this.file.value(this.scope.runtime.codec, name);
      this.#helpers.set(name, local);
    }
    return local;
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

/** Is the name there where it is not a part of another one? */
function mentions(text: string, name: string): boolean {
  for (let at = text.indexOf(name); at !== -1; at = text.indexOf(name, at + 1))
    if (!isWord(text.charCodeAt(at - 1)) && !isWord(text.charCodeAt(at + name.length))) return true;
  return false;
}

function isWord(code: number): boolean {
  return (
    (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57) || code === 95
  );
}
