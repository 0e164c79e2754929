// What people do to a handler, as files below src/. `untouched` is the file that the scaffolder wrote.

const imports = `import type { MessageInit } from "@micro-service/runtime";
import type { DeskHandler } from "../gen/desk.service.ts";
import type { Ask, Told } from "../gen/desk.ts";
`;
const members = `  readonly #seen = new Map<string, number>();

  hello(request: Ask): MessageInit<Told> {
    this.#seen.set(request.name, (this.#seen.get(request.name) ?? 0) + 1); // counted
    return { name: \`Hello \${request.name}\` };
  }

  async find(request: Ask): Promise<MessageInit<Told>> {
    if (!this.#seen.has(request.name)) throw new Error(\`nobody called \${request.name}\`);
    return { name: request.name };
  }

  async *count(request: Ask): AsyncIterable<MessageInit<Told>> {
    for (let n = 0; n < (this.#seen.get(request.name) ?? 0); n++) yield { name: String(n) };
  }
`;
const filled = `${imports}
export class Desk implements DeskHandler {
${members}}
`;
const helloOnly = members.slice(0, members.indexOf("  async find")).trimEnd();
const others = members.slice(members.indexOf("  async find"));

const object = (open, close) => `${imports}
const seen = new Map<string, number>();

${open}
  hello(request: Ask): MessageInit<Told> {
    seen.set(request.name, (seen.get(request.name) ?? 0) + 1); // counted
    return { name: \`Hello \${request.name}\` };
  },
  find: async (request: Ask) => {
    if (!seen.has(request.name)) throw new Error(\`nobody called \${request.name}\`);
    return { name: request.name };
  },
  async *count(request: Ask): AsyncIterable<MessageInit<Told>> {
    yield { name: request.name };
  } // no comma
${close}
`;
const main = `import { registerDeskHandler } from "./gen/desk.service.ts";
import { Desk } from "./handler/desk.ts";
declare const service: { readonly server: Parameters<typeof registerDeskHandler>[0] };
registerDeskHandler(service.server, new Desk());
`;

const handler = (text) => ({ "handler/desk.ts": text });

export const edits = [
  { name: "untouched", make: (starter) => handler(starter), isUntouched: true },
  { name: "bodies filled in", make: () => handler(filled) },
  {
    name: "helpers and imports",
    make: () =>
      handler(
        filled
          .replace(
            imports,
            `import { createHash } from "node:crypto";\n${imports}\n/** Short and stable. */\nconst hash = (text: string): string => createHash("sha256").update(text).digest("hex"); // helper\n`,
          )
          .replace("Hello $", "Hello $" + "{hash(request.name)} $"),
      ),
  },
  {
    name: "reformatted: four spaces, braces below",
    make: () => handler(filled.replace(/^ +/gm, (spaces) => spaces + spaces).replace(/ \{$/gm, "\n{")),
  },
  {
    name: "members in another order",
    make: () =>
      handler(
        filled
          .replace(helloOnly, "\0")
          .replace(others, `${others}\n`)
          .replace("\0\n\n", "")
          .replace(/\}\n$/, `${helloOnly}\n}\n`),
      ),
  },
  {
    name: "members inherited",
    make: () => ({
      "handler/base.ts": `${imports.replace(/.*DeskHandler.*\n/, "")}\nexport class Base {\n${members}}\n`,
      "handler/desk.ts": `import { Base } from "./base.ts";\nimport type { DeskHandler } from "../gen/desk.service.ts";\n\nexport class Desk extends Base implements DeskHandler {\n  readonly open = true; // always\n}\n`,
    }),
  },
  {
    name: "arrow properties",
    make: () =>
      handler(
        filled
          .replace(/hello\((.*)\): (.*) \{/, "hello = ($1): $2 => {")
          .replace(/async find\((.*)\): (.*) \{/, "find = async ($1): $2 => {")
          .replace(/^ {2}\}$/gm, "  };")
          .replace(/\};\n\}\n$/, "}\n}\n"),
      ),
  },
  { name: "class renamed", make: () => handler(filled.replace("class Desk", "class FrontOfHouse")) },
  { name: "object literal", make: () => handler(object("export const desk: DeskHandler = {", "};")) },
  {
    name: "object that satisfies",
    make: () => handler(object("export const desk = {", "} satisfies DeskHandler;")),
  },
  {
    name: "object from a function",
    make: () => handler(object("export const createDesk = (): DeskHandler => ({", "});")),
  },
  {
    name: "comments everywhere",
    make: () =>
      handler(
        `// Copyright {\n${filled}`
          .replace(
            "import type { Ask, Told }",
            "import type {\n  Ask, // what is asked }\n  Told, /* told */\n}",
          )
          .replace(/^ {2}(\w.*\{)$/gm, "  // above }\n  /** hello(request: Ask) { */\n  $1 // behind {")
          .replace(/\}\n$/, "  // the end\n} // class\n/* last */\n"),
      ),
  },
  { name: "CRLF", make: () => handler(filled.replaceAll("\n", "\r\n")) },
  {
    name: "tabs",
    make: () => handler(filled.replace(/^( {2})+/gm, (spaces) => "\t".repeat(spaces.length / 2))),
  },
  { name: "byte order mark, no final newline", make: () => handler(`\uFEFF${filled.trimEnd()}`) },
  {
    name: "no semicolons, single quotes",
    make: () =>
      handler(
        filled
          .replaceAll(/;$/gm, "")
          .replaceAll('"', "'")
          .replace(/; \/\//g, " //"),
      ),
  },
  {
    name: "decorators and private members",
    make: () =>
      handler(
        filled
          .replace(
            "export class",
            "function traced<T>(value: T, _context: unknown): T {\n  return value;\n}\n\n@traced\nexport class",
          )
          .replace(
            "  hello(",
            "  private readonly log: string[] = [];\n\n  static of(): Desk {\n    return new Desk();\n  }\n\n  @traced\n  hello(",
          )
          .replace("this.#seen.set(", "this.log.push(request.name);\n    this.#seen.set("),
      ),
  },
  {
    name: "members after a comment on their line",
    make: () =>
      handler(
        filled.replace(
          / {2}async \*count[\s\S]*/,
          "  /* all */ async *count(r: Ask) { yield { name: r.name }; } // one line\n}\n",
        ),
      ),
  },
  {
    name: "everything on one line",
    make: () =>
      handler(
        `${imports}export class Desk implements DeskHandler { hello(r: Ask): MessageInit<Told> { return r; } find(r: Ask): MessageInit<Told> { return r; } async *count(r: Ask) { yield r; } }\n`,
      ),
  },
  {
    name: "imports under other names",
    make: () =>
      handler(
        filled
          .replace("{ DeskHandler }", "{ DeskHandler as Handler }")
          .replace("implements DeskHandler", "implements Handler")
          .replace("import type { Ask, Told }", "import type * as gen")
          .replaceAll(": Ask", ": gen.Ask")
          .replaceAll("<Told", "<gen.Told"),
      ),
  },
  {
    name: "two classes in a file",
    make: () =>
      handler(
        `${filled}\n/** For tests. */\nexport class Loud extends Desk implements DeskHandler {\n  override hello(request: Ask): MessageInit<Told> {\n    return { name: request.name.toUpperCase() };\n  }\n}\n`,
      ),
  },
  {
    name: "no implements, only registered",
    make: () => ({
      "handler/desk.ts": filled
        .replace(" implements DeskHandler", "")
        .replace(/import type \{ DeskHandler.*\n/, ""),
      "main.ts": main,
    }),
  },
  {
    name: "members named in quotes",
    make: () => handler(filled.replace("async find(", 'async "find"(').replace("hello(", '["hello"](')),
  },
  {
    name: "members spread in",
    make: () =>
      handler(`${imports}
const base = {
  hello: (request: Ask): MessageInit<Told> => ({ name: request.name }), // shared
  find: (request: Ask): MessageInit<Told> => ({ name: request.name }),
};

export const desk: DeskHandler = {
  ...base,
  async *count(request: Ask) {
    yield { name: request.name };
  },
};
`),
  },
];
