import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import { createFolder } from "../project/folder.ts";
import type { Outcome } from "./check-changes.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/**
 * Lets the compiler that users have judge sources, strictly, against the runtime's. It may complain about members that are
 * known not to fit, by their names, and about nothing else.
 */
export async function expectTypes(cases: readonly Outcome[]): Promise<void> {
  const folder = await createFolder();
  for (const [index, { files }] of cases.entries()) {
    await folder.write(
      Object.fromEntries(Object.entries(files).map(([path, content]) => [`case${index}/${path}`, content])),
    );
  }
  await folder.write({
    "package.json": `{ "type": "module" }`,
    "tsconfig.json": JSON.stringify({
      compilerOptions: {
        target: "es2023",
        lib: ["es2023", "esnext.disposable"],
        module: "nodenext",
        types: ["node"],
        typeRoots: [`${root}node_modules/@types`],
        noEmit: true,
        strict: true,
        exactOptionalPropertyTypes: true,
        noImplicitOverride: true,
        noUncheckedIndexedAccess: true,
        noUnusedParameters: true,
        allowImportingTsExtensions: true,
        verbatimModuleSyntax: true,
        experimentalDecorators: false,
        skipLibCheck: true,
        paths: {
          "@micro-service/runtime": [`${root}src/runtime/index.ts`],
          "@micro-service/runtime/protobuf": [`${root}src/runtime/protobuf/index.ts`],
          "@micro-service/runtime/protobuf/codec": [`${root}src/runtime/protobuf/codec.ts`],
        },
      },
      include: ["case*/src/**/*.ts"],
    }),
  });
  const output = await new Promise<string>((resolve) => {
    const arguments_ = [`${root}node_modules/typescript/bin/tsc`, "-p", "tsconfig.json", "--pretty", "false"];
    execFile(process.execPath, arguments_, { cwd: folder.path }, (_error, stdout, stderr) =>
      resolve(stdout + stderr),
    );
  });
  // What a complaint goes on with is indented.
  const complaints = output.split(/\n(?=\S)/).filter((text) => /^case\d+\/src\/(?!gen\/)/.test(text));
  const own = complaints.filter((text) => {
    const [, index, path = "", line, column] = /^case(\d+)\/([^(]*)\((\d+),(\d+)\)/.exec(text) ?? [];
    const { files, unfit } = cases[Number(index)] as Outcome;
    const source = (files[path] ?? "").replace(/^\uFEFF/, "").split(/\r?\n/)[Number(line) - 1] ?? "";
    const parts = [text.split("\n")[0], ...text.matchAll(/'[\w$]+\(\.\.\.\)'/g)];
    const about = `${parts.join(" ")} ${/^[^\w$]*[\w$]+/.exec(source.slice(Number(column) - 1))?.[0]}`;
    return !unfit.some((name) => new RegExp(`(?<![\\w$])${name}(?:Next)*(?![\\w$])`).test(about));
  });
  const first = own[0]?.split("(")[0];
  const text = first === undefined ? "" : await folder.read(first);
  expect(own.join("\n") + text).toBe("");
  expect(output).not.toMatch(/^error/m);
}
