import type { Speak } from "./prefix.ts";

/** Editors that write a file and rename it make the compiler run twice: what it says again this soon is no news. */
const SAME_SAVE_MS = 1_000;

export interface CompilerLines {
  /** Takes a line of `tsc --watch`; answers with the number of errors when it ends a build. */
  take(line: string): number | undefined;
  /** Says what is held back of a build that did not end. */
  flush(): void;
}

/** Says of every build what a person wants to know: its errors, that they are the same ones, or that they are gone. */
export function createCompilerLines(speak: Speak, now: () => number = Date.now): CompilerLines {
  let build: string[] = [];
  let said = "";
  let saidAt = Number.NEGATIVE_INFINITY;

  function ended(errors: number, line: string): void {
    const text = build.join("\n");
    build = [];
    if (errors === 0) {
      if (said !== "") speak("the errors are gone");
    } else if (text === said) {
      if (now() - saidAt > SAME_SAVE_MS) speak(`the same as before: ${line}`);
    } else {
      for (const one of text.split("\n")) speak(one);
      speak(line);
    }
    said = errors === 0 ? "" : text;
    saidAt = now();
  }

  return {
    take(line) {
      const found = /Found (\d+) errors?\. Watching for file changes/.exec(line);
      if (found !== null) {
        const errors = Number(found[1]);
        ended(errors, found[0].replace(" Watching for file changes", ""));
        return errors;
      }
      if (/Starting .*compilation|File change detected/i.test(line)) build = [];
      else if (line.trim() !== "" && !/build (?:starting|finished)/i.test(line)) build.push(line);
      return undefined;
    },
    flush() {
      for (const line of build.splice(0)) speak(line);
    },
  };
}
