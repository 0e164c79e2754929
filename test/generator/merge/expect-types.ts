import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import { createFolder } from "../project/folder.ts";
import type { Merged } from "./check-merges.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** Lets the compiler that users have judge handlers, strictly, against the runtime's sources. */
export async function expectTypes(cases: readonly Merged[]): Promise<void> {
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
        skipLibCheck: true,
        paths: {
          "@micro-service/runtime": [`${root}src/runtime/index.ts`],
          "@micro-service/runtime/protobuf": [`${root}src/runtime/protobuf/index.ts`],
          "@micro-service/runtime/protobuf/codec": [`${root}src/runtime/protobuf/codec.ts`],
        },
      },
      include: ["case*/**/*.ts"],
    }),
  });
  const output = await new Promise<string>((resolve) => {
    const arguments_ = [`${root}node_modules/typescript/bin/tsc`, "-p", "tsconfig.json", "--pretty", "false"];
    execFile(process.execPath, arguments_, { cwd: folder.path }, (_error, stdout, stderr) =>
      resolve(stdout + stderr),
    );
  });
  const own = output.split("\n").filter((line) => line.startsWith("case") && line.includes("/handler/"));
  const first = own[0]?.split("(")[0];
  const text = first === undefined ? "" : await folder.read(first);
  expect(own.join("\n") + text).toBe("");
  expect(output).not.toMatch(/^error/m);
}
