import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { beforeAll, describe, expect, test } from "vitest";
import { temporaryFolder } from "../scaffold-helpers.ts";
import { installPackedTool, must, type PackedTool } from "./packed-tool.ts";

// There is no Docker engine here, so no image is built: the steps are run in empty folders instead, one per stage.
const folder = temporaryFolder();
let tool: PackedTool;
beforeAll(async () => {
  mkdirSync(join(folder, "tool"));
  tool = await installPackedTool(join(folder, "tool"));
});

interface Image {
  /** Stands for `/`. */
  readonly root: string;
  readonly workdir: string;
  readonly env: Readonly<Record<string, string>>;
  readonly command: readonly string[];
}

/** Runs FROM, WORKDIR, ENV, COPY, RUN and CMD of a Dockerfile. */
async function build(dockerfile: string, context: string, into: string): Promise<Image> {
  const stages = new Map<string, string>();
  let image: Image | undefined;
  const lines = readFileSync(dockerfile, "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));
  for (const [index, line] of lines.entries()) {
    const [step = "", ...words] = line.split(" ");
    if (step === "FROM") {
      image = { root: join(into, `stage ${index}`), workdir: "/", env: {}, command: [] };
      if (words[1] === "AS") stages.set(words[2] as string, image.root);
      continue;
    }
    if (image === undefined) throw new Error("the first step is FROM");
    const inside: Image = image;
    const at = (path: string) => join(inside.root, path.startsWith("/") ? path : join(inside.workdir, path));
    switch (step) {
      case "WORKDIR":
        image = { ...inside, workdir: words[0] as string };
        mkdirSync(at(words[0] as string), { recursive: true });
        break;
      case "ENV": {
        const [name = "", value = ""] = words.join(" ").split("=");
        image = { ...inside, env: { ...inside.env, [name]: value } };
        break;
      }
      case "COPY": {
        const stage = words[0]?.startsWith("--from=") ? words.shift()?.slice("--from=".length) : undefined;
        const source = stage === undefined ? context : (stages.get(stage) as string);
        const target = words.pop() as string;
        for (const word of words) {
          const from = join(source, word);
          expect(existsSync(from), `${line}: there is no ${word}`).toBe(true);
          // Of a folder, Docker copies the content; a file goes into a target with a slash at its end.
          const to = word.endsWith("/") ? at(target) : join(at(target), basename(word));
          mkdirSync(dirname(to), { recursive: true });
          cpSync(from, to, { recursive: true, verbatimSymlinks: true });
        }
        break;
      }
      case "RUN":
        await must("sh", ["-c", words.join(" ")], at("."), inside.env);
        break;
      case "CMD":
        image = { ...inside, command: JSON.parse(words.join(" ")) as string[] };
        break;
      case "USER":
      case "EXPOSE":
        break;
      default:
        throw new Error(`The test does not know the step ${step}.`);
    }
  }
  return image as Image;
}

/** Starts what the image starts, on loopback, and waits for the line with which a service says that it is up. */
async function start({ root, workdir, env, command }: Image): Promise<ChildProcess> {
  const [program = "", ...args] = command;
  const child = spawn(program === "node" ? process.execPath : program, args, {
    cwd: join(root, workdir),
    env: {
      ...process.env,
      ...env,
      MICRO_SERVER_ADDRESS: "127.0.0.1:0",
      MICRO_REGISTRY: "memory",
      MICRO_BROKER: "memory",
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const said: string[] = [];
  await new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on("line", (line) => {
        said.push(line);
        if (line.includes("listens on")) resolve();
      });
    }
    child.once("exit", (code) => reject(new Error(`ended with ${code}: ${said.join("\n")}`)));
  });
  return child;
}

/** A checkout of the project: without what .dockerignore names. */
function contextOf(project: string): string {
  const context = `${project}-context`;
  const ignored = ["node_modules", "dist", "dist-test", ".git"];
  cpSync(project, context, { recursive: true, filter: (source) => !ignored.includes(basename(source)) });
  return context;
}

describe("a service's Dockerfile", () => {
  test.each([
    ["srv", "srv", "Dockerfile"],
    ["web", "web", "Dockerfile"],
    ["srv,api,web", "api", "api/Dockerfile"],
  ])(
    "when a project of %s is made then the steps for %s give a service that starts and stops",
    async (types, type, file) => {
      const name = types === "srv,api,web" ? "whole" : type;
      const made = await tool.create(
        [name, "--type", types, "--package-manager", "npm", "--yes", "--no-git"],
        folder,
      );
      expect(made.code, made.all).toBe(0);
      const context = contextOf(join(folder, name));
      const image = await build(join(context, file), context, join(folder, `${name} image`));

      const modules = join(image.root, "app/node_modules");
      expect(existsSync(join(modules, "@micro-service/runtime"))).toBe(true);
      // What only development needs is not in production.
      for (const tool of ["typescript", "create-micro-service", "@micro-service/toolkit", "ts-morph"])
        expect(existsSync(join(modules, tool)), tool).toBe(false);

      const service = await start(image);
      const ended = new Promise((resolve) => service.once("exit", resolve));
      service.kill("SIGTERM");
      expect(await ended).toBe(0);
    },
  );
});
