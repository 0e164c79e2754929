import type { CodeWriter } from "./codec-writer.ts";

/** What may stand in a message: the tag it begins with and the statements that read the rest. */
export interface WireRecord {
  readonly number: number;
  readonly tag: number;
  readonly many: boolean;
  readonly read: () => void;
}

/** Names of the variables of a loop over records. */
interface LoopNames {
  readonly end: string;
  readonly tag: string;
  /** Where the current record begins. */
  readonly at: string;
  /** Where the current turn of the loop began. */
  readonly turn: string;
}

export const MESSAGE: LoopNames = { end: "e", tag: "tag", at: "at", turn: "turn" };
export const ENTRY: LoopNames = { end: "end", tag: "inner", at: "start", turn: "entry" };

/**
 * The loop over the records up to `end`. Writers put fields in the order of their numbers, so one turn asks for the known
 * tags in that order, each time after the last one read: a whole message usually takes one turn and few comparisons.
 * What a turn meets too late begins the next one; what a turn begins with and does not know is unknown.
 */
export function readRecords(
  w: CodeWriter,
  { end, tag, at, turn }: LoopNames,
  records: readonly WireRecord[],
  unknown: () => void,
): void {
  // Where known tags have two bytes, these are read in place. Also right for a tag that was read so before.
  const hasLong = records.some((record) => record.tag > 127);
  const resolve = (): void =>
    w.lines(
      hasLong
        ? `if (${tag} > 127) {
  ${tag} = (${tag} & 127) | (b[${at} + 1]! << 7);
  p = ${at} + 2;
  if (${tag} > 16383) { ${tag} = ${w.runtime("readTag")}(b, ${at}); p = ${w.runtime("cursor")}.p; }
}`
        : `if (${tag} > 127) { ${tag} = ${w.runtime("readTag")}(b, ${at}); p = ${w.runtime("cursor")}.p; }`,
    );
  // Whether one turn may read several records.
  const several = records.length > 1 || records[0]?.many === true;
  w.block(`while (p < ${end}) {`, () => {
    w.lines(
      `${several ? `const ${turn} = p;\nlet` : "const"} ${at} = p;
let ${tag} = b[p++]!;`,
    );
    resolve();
    records.forEach((record, index) => {
      // The last record read may have found the first byte of a longer tag.
      if (record.tag > 127 && index > 0 && (records[index - 1]?.tag ?? 0) < 128) resolve();
      w.block(`${record.many ? "while" : "if"} (${tag} === ${record.tag}) {`, () => {
        record.read();
        if (index === records.length - 1 && !record.many) {
          w.line("continue;");
          return;
        }
        w.line(`${at} = p; ${tag} = p < ${end} ? b[p++]! : 0;`);
        if (record.tag > 127) resolve();
      });
    });
    if (several) w.lines(`if (${at} !== ${turn}) {\n  p = ${at};\n  continue;\n}`);
    unknown();
  });
}
