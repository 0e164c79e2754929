import { readdirSync, readFileSync } from "node:fs";
import { join, posix, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Rooms by floor: a file may import its own room, and rooms of a lower floor. docs/architecture.md draws the same. */
const RUNTIME_FLOORS = [
  ["errors", "metadata", "roster"],
  ["context", "nats"],
  ["protobuf"],
  ["codec", "registry"],
  ["transport", "http2", "selector", "log"],
  ["broker"],
  ["http1"],
  ["protocol"],
  ["client", "server"],
  ["metrics", "tracing"],
  ["debug"],
  ["service"],
  ["testing"],
];
const GENERATOR_FLOORS = [
  ["schema"],
  ["check", "live"],
  ["emit", "compare"],
  ["merge", "fleet"],
  ["project", "plugin"],
  ["scaffold"],
  ["commands"],
];
const TOOLKIT_FLOORS = [["gateway"], ["api", "web"], ["run"], ["cli"]];

/** Rooms whose folders are plugins: they share the room's own files and never each other's. */
const PLUGIN_ROOMS = ["registry", "broker", "transport", "protocol", "selector"];

/** Packages that one room alone may know. */
const PRIVATE_PACKAGES: Record<string, string> = {
  protobufjs: "schema",
  yaml: "schema",
  "ts-morph": "merge",
  handlebars: "scaffold",
};

interface Import {
  readonly file: string;
  readonly specifier: string;
}

function sourcesOf(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .map((file) => file.split(sep).join("/"))
    .filter((file) => file.endsWith(".ts") && !/(^|\/)(dist|node_modules)\/|\.d\.ts$/.test(file))
    .sort();
}

function importsOf(folder: string): Import[] {
  return sourcesOf(folder).flatMap((file) => {
    const text = readFileSync(join(root, folder, file), "utf8");
    const found = text.matchAll(
      /^\s*(?:import|export)\b[^;"']*?from\s*["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']\s*\)/gm,
    );
    return [...found].map((match) => ({ file, specifier: (match[1] ?? match[2]) as string }));
  });
}

const target = ({ file, specifier }: Import): string =>
  posix.normalize(posix.join(posix.dirname(file), specifier));
const roomOf = (file: string): string => file.split("/")[0] as string;

function wrongWay(imports: Import[], floors: readonly (readonly string[])[]): string[] {
  const floorOf = (room: string) => floors.findIndex((rooms) => rooms.includes(room));
  return imports
    .filter(({ file, specifier }) => specifier.startsWith(".") && file.includes("/"))
    .filter((line) => {
      const [from, to] = [roomOf(line.file), roomOf(target(line))];
      // The index above the rooms has no floor: a room that imports it imports all of them.
      return from !== to && !(floorOf(to) >= 0 && floorOf(to) < floorOf(from));
    })
    .map(({ file, specifier }) => `${file} imports ${specifier}`);
}

describe("imports run one way", () => {
  test.each([
    ["src/runtime", RUNTIME_FLOORS],
    ["src/generator", GENERATOR_FLOORS],
    ["src/toolkit", TOOLKIT_FLOORS],
  ])("when a file of %s imports another room then that room is on a lower floor", (folder, floors) => {
    const imports = importsOf(folder);
    expect(imports.length).toBeGreaterThan(0);
    expect(wrongWay(imports, floors)).toEqual([]);
  });

  test.each(["src/runtime", "src/generator", "src/toolkit"])(
    "when a room is added to %s then it has a floor",
    (folder) => {
      const floors = [RUNTIME_FLOORS, GENERATOR_FLOORS, TOOLKIT_FLOORS].flat(2);
      const rooms = new Set(
        sourcesOf(folder)
          .filter((file) => file.includes("/"))
          .map(roomOf),
      );
      expect([...rooms].filter((room) => !floors.includes(room))).toEqual([]);
    },
  );

  test("when a plugin imports then it is never another plugin of its room", () => {
    const crossing = importsOf("src/runtime").filter((line) => {
      const [from, to] = [line.file.split("/"), target(line).split("/")];
      if (!line.specifier.startsWith(".") || from[0] !== to[0] || !PLUGIN_ROOMS.includes(from[0] as string))
        return false;
      return from.length > 2 && to.length > 2 && from[1] !== to[1];
    });
    expect(crossing).toEqual([]);
  });
});

describe("packages stay where they belong", () => {
  test("when the runtime speaks HTTP/2 then by the interface of http2/, so that another engine can take its place", () => {
    const wires = importsOf("src/runtime").filter(({ specifier }) =>
      /^node:(?:http2|http|https)$/.test(specifier),
    );
    expect(wires.some(({ file }) => file.startsWith("http2/"))).toBe(true);
    expect(
      wires.filter(({ file, specifier }) => specifier === "node:http2" && !file.startsWith("http2/")),
    ).toEqual([]);
    expect(wires.filter(({ file }) => /^(?:protocol|client|server|transport)\//.test(file))).toEqual([]);
  });

  test("when the runtime imports then it is neither the generator nor the toolkit", () => {
    const leaving = importsOf("src/runtime").filter(
      (line) => line.specifier.startsWith("@micro-service/") || target(line).startsWith(".."),
    );
    expect(leaving).toEqual([]);
  });

  test("when the generator imports then it is never the runtime", () => {
    const leaving = importsOf("src/generator").filter(
      (line) =>
        line.specifier.startsWith("@micro-service/") ||
        (line.specifier.startsWith(".") && target(line).startsWith("..")),
    );
    expect(leaving).toEqual([]);
  });

  test.each(Object.entries(PRIVATE_PACKAGES))(
    "when %s is imported then it is by the room %s alone",
    (name, room) => {
      const users = importsOf("src/generator").filter(
        ({ specifier }) => specifier === name || specifier.startsWith(`${name}/`),
      );
      expect(users.filter(({ file }) => roomOf(file) !== room)).toEqual([]);
    },
  );

  test.each([
    [".", "src/generator"],
    ["src/runtime", "src/runtime"],
    ["src/toolkit", "src/toolkit"],
  ])("when code of package %s imports a package then its package.json names it", (home, folder) => {
    const manifest = JSON.parse(readFileSync(join(root, home, "package.json"), "utf8")) as Record<
      string,
      Record<string, string>
    >;
    const known = new Set(
      ["dependencies", "peerDependencies", "optionalDependencies"].flatMap((key) =>
        Object.keys(manifest[key] ?? {}),
      ),
    );
    const missing = importsOf(folder)
      .filter(({ specifier }) => !specifier.startsWith(".") && !specifier.startsWith("node:"))
      .filter(({ specifier }) => {
        const parts = specifier.split("/");
        return !known.has(specifier.startsWith("@") ? parts.slice(0, 2).join("/") : (parts[0] as string));
      });
    expect(missing).toEqual([]);
  });
});

describe("what stands in for a module in browsers", () => {
  const { browser } = JSON.parse(readFileSync(join(root, "src/runtime/package.json"), "utf8")) as {
    browser: Record<string, string>;
  };
  const source = (built: string) => built.replace("./dist/", "src/runtime/").replace(/js$/, "ts");
  const pairs = Object.entries(browser).map(([of, by]) => [source(by), source(of)] as const);

  test("is all of its folder", () => {
    const folder = "src/runtime/protobuf/browser";
    expect(pairs.map(([by]) => by).sort()).toEqual(sourcesOf(folder).map((file) => `${folder}/${file}`));
  });

  test.each(pairs)("%s has the functions of %s, with as many parameters", async (by, of) => {
    const standIn = (await import(join(root, by))) as Record<string, unknown>;
    const own = (await import(join(root, of))) as Record<string, unknown>;
    const shape = ([name, value]: [string, unknown]) => [
      name,
      typeof value === "function" ? value.length : value,
    ];
    // Exceptions that only its own neighbours catch are a module's own affair.
    const functions = Object.entries(own).filter(([, value]) => typeof value === "function");
    expect(Object.entries(standIn).map(shape).sort()).toEqual(functions.map(shape).sort());
  });
});

test("when docs/architecture.md draws a room then the room exists", () => {
  const drawing = readFileSync(join(root, "docs/architecture.md"), "utf8");
  for (const folder of ["src/runtime", "src/generator"]) {
    for (const room of new Set(
      sourcesOf(folder)
        .filter((file) => file.includes("/"))
        .map(roomOf),
    )) {
      expect(drawing, `${relative(root, join(root, folder, room))} is not drawn`).toContain(`${room}/`);
    }
  }
});
