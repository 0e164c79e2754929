/** More than any configuration a person wrote. */
export const maxYamlBytes = 64 * 1024;
const maxLineLength = 400;
const maxBrackets = 200;

/** A YAML text as plain data, or the first thing wrong with it. */
export type ReadYaml =
  | {
      readonly value: unknown;
      /** Where a value stands: `["modules", 0, "path"]`. The start of the text when that is not known. */
      place(path: readonly (string | number)[]): YamlPlace;
    }
  | { readonly problem: string; readonly at: YamlPlace };

/** 1-based. */
export interface YamlPlace {
  readonly line: number;
  readonly column: number;
}

const start: YamlPlace = { line: 1, column: 1 };

/**
 * Reads the YAML of somebody's configuration. Texts that nest deeper than such files do are refused before they are
 * parsed: the parser recurses, and a stack that overflows inside of a regular expression ends the process.
 */
export async function readYaml(text: string): Promise<ReadYaml> {
  const tooMuch = limitProblem(text);
  if (tooMuch !== undefined) return tooMuch;
  const { LineCounter, parseDocument } = await import("yaml");
  const lineCounter = new LineCounter();
  const placeOf = (offset: number): YamlPlace => {
    const { line, col } = lineCounter.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  try {
    const document = parseDocument(text, {
      lineCounter,
      prettyErrors: false,
      // A key that is a map is printed to become a name, again for each map around it.
      stringKeys: true,
      logLevel: "silent",
    });
    const [error] = document.errors;
    if (error !== undefined) return { problem: error.message, at: placeOf(error.pos[0]) };
    return {
      value: document.toJS({ maxAliasCount: 100 }) as unknown,
      place(path) {
        const node: unknown = document.getIn(path, true);
        const range = (node as { readonly range?: readonly number[] } | undefined)?.range;
        return range?.[0] === undefined ? start : placeOf(range[0]);
      },
    };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error), at: start };
  }
}

function limitProblem(text: string): { problem: string; at: YamlPlace } | undefined {
  if (Buffer.byteLength(text) > maxYamlBytes) {
    return { problem: `The file is larger than ${maxYamlBytes / 1024} KiB.`, at: start };
  }
  let brackets = 0;
  for (const [index, line] of text.split(/\r\n|\r|\n/).entries()) {
    if (line.trimStart().startsWith("#")) continue;
    const at = { line: index + 1, column: 1 };
    if (line.length > maxLineLength)
      return { problem: `The line is longer than ${maxLineLength} characters.`, at };
    brackets += line.split(/[[{]/).length - 1;
    if (brackets > maxBrackets) return { problem: `There are more than ${maxBrackets} brackets.`, at };
  }
  return undefined;
}
