// What became of a handler: was anything lost, are conflict markers left, does it compile?
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Every character the user wrote is there, in order; names that changed may be the new ones. */
export function isKept(user, now, words = []) {
  const rewrite = (text) =>
    words.reduce(
      (result, [from, to]) =>
        result.replaceAll(new RegExp(`(?<![\\w$])${from.replaceAll(".", "\\.")}(?![\\w$])`, "g"), to),
      text,
    );
  // Who writes an import anew may leave its extension out.
  const plain = (text) => rewrite(text).replace(/\.ts(["'])/g, "$1");
  return Object.entries(user).every(
    ([path, text]) => now[path] !== undefined && isWithin(plain(text), plain(now[path])),
  );
}

function isWithin(old, now) {
  let at = 0;
  for (let i = 0; i < now.length && at < old.length; i++) if (now[i] === old[at]) at++;
  return at === old.length;
}

export const hasMarkers = (files) => Object.values(files).some((text) => /^(<{7}|={7}|>{7})/m.test(text));

/**
 * Lets the compiler look at all cases at once, strictly.
 *
 * @param cases `{ id, change, files }`; generated code by change
 * @returns errors by id
 */
export function compile(folder, root, generated, cases) {
  for (const [change, files] of Object.entries(generated)) write(join(folder, "gen", change), files);
  for (const { id, change, files } of cases) {
    write(join(folder, id), files);
    symlinkSync(join(folder, "gen", change), join(folder, id, "gen"));
  }
  write(folder, {
    "package.json": '{ "type": "module" }',
    "tsconfig.json": JSON.stringify({
      compilerOptions: {
        target: "es2023",
        lib: ["es2023", "esnext.disposable", "esnext.decorators"],
        module: "nodenext",
        types: ["node"],
        typeRoots: [join(root, "node_modules/@types")],
        noEmit: true,
        strict: true,
        exactOptionalPropertyTypes: true,
        noImplicitOverride: true,
        noUncheckedIndexedAccess: true,
        allowImportingTsExtensions: true,
        verbatimModuleSyntax: true,
        skipLibCheck: true,
        paths: {
          "@micro-service/runtime": ["./runtime/index.ts"],
          "@micro-service/runtime/protobuf": ["./runtime/protobuf/index.ts"],
          "@micro-service/runtime/protobuf/codec": ["./runtime/protobuf/codec.ts"],
        },
      },
      include: ["case-*/**/*.ts"],
    }),
  });
  // While there are syntax errors anywhere, the compiler looks for no others.
  const all = new Map();
  for (let names = cases.map(({ id }) => id); ; ) {
    const found = errorsOf(folder, root, names);
    for (const [id, lines] of found) all.set(id, lines);
    const broken = [...found]
      .filter(([, lines]) => lines.some((line) => /error TS1\d{3}:/.test(line)))
      .map(([id]) => id);
    if (broken.length === 0) return all;
    names = names.filter((id) => !broken.includes(id));
  }
}

function errorsOf(folder, root, names) {
  const config = JSON.parse(readFileSync(join(folder, "tsconfig.json"), "utf8"));
  write(folder, {
    "tsconfig.json": JSON.stringify({ ...config, include: names.map((id) => `${id}/**/*.ts`) }),
  });
  let output = "";
  try {
    execFileSync(
      process.execPath,
      [join(root, "node_modules/typescript/bin/tsc"), "-p", ".", "--pretty", "false"],
      { cwd: folder, encoding: "utf8", maxBuffer: 1 << 28 },
    );
  } catch (error) {
    if (error.stdout === "") throw error; // it did not run, or ran out of something
    output = error.stdout;
  }
  const stray = output.split("\n").filter((line) => /^(error|gen\/)/.test(line));
  if (stray.length > 0) throw new Error(stray.join("\n"));
  const errors = new Map();
  for (const line of output.split("\n")) {
    const id = /^(case-\d+)\//.exec(line)?.[1];
    if (id !== undefined) errors.set(id, [...(errors.get(id) ?? []), line]);
  }
  return errors;
}

function write(folder, files) {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}
