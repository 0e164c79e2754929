import { readFileSync } from "node:fs";

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

/**
 * The blocks of TypeScript of a page that do not stand in a source file, its imports left out: what a page shows is code
 * that runs there. How lines are broken does not count.
 */
export function missingIn(page: string, source: string): string[] {
  const blocks = [...read(page).matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = ""]) => code);
  if (blocks.length === 0) throw new Error(`${page} shows no TypeScript`);
  const text = bare(read(source));
  return blocks.filter((block) => !text.includes(bare(block)));
}

function bare(code: string): string {
  return code
    .replace(/^import\b[^;]*;$/gm, "")
    .replace(/\s+/g, "")
    .replace(/,(?=[)\]}])/g, "");
}
