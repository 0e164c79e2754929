import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve, sep } from "node:path";
import fc from "fast-check";
import { ts } from "ts-morph";
import { expect } from "vitest";
import { loadSchema } from "../../../src/generator/check/index.ts";
import { emitSchema, type GeneratedFile, OutputPathError } from "../../../src/generator/emit/index.ts";
import { SchemaError } from "../../../src/generator/schema/index.ts";
import { type HostileSchema, hostileSchema } from "./hostile-text.ts";

/**
 * Makes schemas and judges what becomes of them; fast-check prints the seed and the smallest schema that fails.
 *
 * @returns how many were valid
 */
export async function checkHostileSchemas(count: number): Promise<number> {
  let accepted = 0;
  await fc.assert(
    fc.asyncProperty(hostileSchema, async (schema) => {
      const files = await outcomeOf(schema);
      if (files === "refused") return;
      accepted += 1;
      expect(problemsOf(files)).toEqual([]);
    }),
    { numRuns: count },
  );
  return accepted;
}

/** What became of a schema: code, or a refusal with a position for every mistake. */
async function outcomeOf({ path, text }: HostileSchema): Promise<GeneratedFile[] | "refused"> {
  const folder = await mkdtemp(join(tmpdir(), "hostile-"));
  try {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
    return emitSchema(await loadSchema({ files: [path], cwd: folder }));
  } catch (error) {
    if (error instanceof OutputPathError) return "refused";
    if (!(error instanceof SchemaError)) throw error;
    for (const { position, rule, message } of error.diagnostics) {
      const isPlaced = position.file === path && position.line >= 1 && position.column >= 1;
      if (!isPlaced || !/^[a-z][a-z0-9-]*$/.test(rule) || !/[.?]$/.test(message)) throw error;
    }
    return "refused";
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** What is wrong with generated files; nothing when all is well. */
export function problemsOf(files: readonly GeneratedFile[]): string[] {
  return files.flatMap(({ path, content }) => [
    ...pathProblems(path),
    ...(typeof content === "string" ? codeProblems(path, content) : []),
  ]);
}

function pathProblems(path: string): string[] {
  const root = resolve(sep, "out");
  const isInside = resolve(root, path).startsWith(root + sep) && !path.includes("\\") && !path.includes("\0");
  return isInside ? [] : [`${JSON.stringify(path)} is outside of the output folder`];
}

function codeProblems(path: string, text: string): string[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, true, ts.ScriptKind.TS);
  const { parseDiagnostics } = source as unknown as { parseDiagnostics: readonly ts.Diagnostic[] };
  const problems = parseDiagnostics.map(
    ({ messageText, start }) =>
      `${path}: ${ts.flattenDiagnosticMessageText(messageText, "\n")} at ${text.slice(start, (start ?? 0) + 60)}`,
  );
  const visit = (node: ts.Node): void => {
    // In comments and in plain strings it is text; anywhere else it is code that got out.
    if (ts.isIdentifier(node) && node.text === "canary") problems.push(`${path}: the canary is code`);
    if (ts.isTemplateExpression(node) && node.getText().includes("canary"))
      problems.push(`${path}: the canary is in a template`);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return problems;
}
