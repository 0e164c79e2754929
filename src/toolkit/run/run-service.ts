import { access, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Child, Children } from "./child.ts";
import { createCompilerLines } from "./compiler-lines.ts";
import { ProjectError, type ProjectService } from "./micro-json.ts";
import type { Speak } from "./prefix.ts";

export interface RunServiceOptions {
  /** Starts the processes. */
  readonly children: Children;
  readonly service: ProjectService;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly speak: Speak;
  readonly signal: AbortSignal;
}

/** A service being developed: its compiler and itself, both watching. */
export interface RunningProject {
  stop(): Promise<void>;
}

/** Longer than a service needs to drain on loopback. */
const GRACE_MS = 5_000;

/**
 * Lets `tsc --watch` build a service and `node --watch` run and restart it. Resolves when it has been started
 * (not yet when it is up). Type errors are shown and do not stop it as long as there is something to run. Throws
 * ProjectError for a folder that cannot be built.
 */
export async function runService(options: RunServiceOptions): Promise<RunningProject> {
  const { service, env, speak, signal } = options;
  const { dir } = service;
  const compiler = await findCompiler(dir);
  const main = await findMain(dir);
  const started: Child[] = [];
  const start = (args: readonly string[], onLine: Speak): Child => {
    const child = options.children.start({ args, cwd: dir, env, onLine });
    started.push(child);
    return child;
  };
  let stopping = false;
  const stop = async (): Promise<void> => {
    stopping = true;
    await Promise.all(started.map((child) => child.stop(GRACE_MS)));
  };
  if (signal.aborted) return { stop };

  // The first build of the watching compiler itself: a build before it would be rewritten at once, and restart the service.
  let built: (errors: number) => void = () => {};
  const firstBuild = new Promise<number>((resolve) => {
    built = resolve;
  });
  const said = createCompilerLines(speak);
  const compile = start(
    [compiler, "-p", "tsconfig.json", "--watch", "--preserveWatchOutput", "--locale", "en"],
    (line) => {
      const errors = said.take(line);
      if (errors !== undefined) built(errors);
    },
  );
  compile.ended.then(() => said.flush());
  const errors = await Promise.race([firstBuild, compile.ended.then(() => undefined), abortOf(signal)]);
  if (signal.aborted) return { stop };
  if (errors === undefined || !(await exists(main))) {
    await stop();
    throw new ProjectError(`${dir}: the build made no ${main}`);
  }
  if (errors > 0) speak("the build has errors; running it nevertheless, it is built again when you save");

  const serve = start(["--enable-source-maps", "--watch", "--watch-preserve-output", main], (line) => {
    speak(
      line.startsWith("Failed running")
        ? `${service.name} crashed; it starts again when you save a file`
        : line,
    );
  });
  for (const [child, what] of [
    [compile, "tsc --watch"],
    [serve, "node --watch"],
  ] as const) {
    child.ended.then((result) => {
      if (!stopping) speak(`${what} ended with ${result}`);
    });
  }
  return { stop };
}

/** The project's own compiler. */
async function findCompiler(dir: string): Promise<string> {
  if (!(await exists(join(dir, "tsconfig.json"))))
    throw new ProjectError(`${dir}: there is no tsconfig.json`);
  try {
    const manifest = createRequire(join(dir, "package.json")).resolve("typescript/package.json");
    return join(dirname(manifest), "bin", "tsc");
  } catch {
    throw new ProjectError(`${dir}: typescript is not installed; run npm install in the project first`);
  }
}

/** `main` of package.json, else what tsconfig of a generated project builds. */
async function findMain(dir: string): Promise<string> {
  const text = await readFile(join(dir, "package.json"), "utf8").catch(() => "{}");
  try {
    const { main } = JSON.parse(text) as { main?: unknown };
    if (typeof main === "string") return join(dir, main);
  } catch (error) {
    throw new ProjectError(`${join(dir, "package.json")}: ${(error as Error).message}`);
  }
  return join(dir, "dist", "main.js");
}

function abortOf(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(undefined), { once: true }));
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
