import fc from "fast-check";

/** One rpc of a made-up schema. */
export interface Rpc {
  readonly name: string;
  readonly takesStream: boolean;
  readonly givesStream: boolean;
  readonly input: "Ask" | "Told" | "google.protobuf.Timestamp" | "google.protobuf.Empty";
  readonly output: "Ask" | "Told";
  readonly comment: string;
}

/** A handler as a person might have written it, and the schema as it is now. */
export interface MergeCase {
  readonly services: readonly {
    readonly name: string;
    readonly rpcs: readonly Rpc[];
    /** How many of the first rpcs the handler has. */
    readonly known: number;
  }[];
  readonly text: string;
}

const names = [
  "Hello",
  "Count",
  "HTTPGet",
  "Delete",
  "get_all",
  "Set",
  "Async",
  "Type",
  "Static",
  "Yield",
  "X",
];

const rpcs = fc
  .uniqueArray(
    fc.record({
      name: fc.constantFrom(...names),
      takesStream: fc.boolean(),
      givesStream: fc.boolean(),
      input: fc.constantFrom("Ask", "Told", "google.protobuf.Timestamp", "google.protobuf.Empty"),
      output: fc.constantFrom("Ask", "Told"),
      comment: fc.constantFrom("", "What it does.", "Ends in a */ and goes on.", "Two\n// lines."),
    }),
    { selector: ({ name }) => name, minLength: 1, maxLength: 6 },
  )
  .map((list) => list as Rpc[]);

const noise = fc.constantFrom(
  "",
  "",
  "",
  "// a } and a { and `",
  "/* class X implements DeskHandler { */",
  "/** hello(request) {} */",
  "//",
  "/* two\n   lines */",
  "// 👋 ünïcode ＊",
);

const statement = fc.constantFrom(
  "void `} {{ */`;",
  'void "}";',
  "void /[}'\"`]/;",
  "if (false) { void 0; }",
  "const notImplemented = 1; void notImplemented;",
  "for (const hello of []) void hello;",
);

const style = fc.record({
  newline: fc.constantFrom("\n", "\r\n"),
  unit: fc.constantFrom("  ", "    ", "\t"),
  bom: fc.boolean(),
  end: fc.constantFrom("", "\n", "\n\n// end", "\n/* end */"),
  oneLine: fc.boolean(),
  close: fc.constantFrom("\n", "\n\n", "", " "),
  shebang: fc.constantFrom("", "// @ts-check\n", "/* Licence } */\n\n"),
});

const form = fc.constantFrom(
  "class",
  "class",
  "renamed",
  "expression",
  "const",
  "satisfies",
  "function",
  "arrow",
  "generic",
);
const imports = fc.constantFrom("named", "lines", "alias", "namespace", "mixed", "runtime");

/** Handlers of one or two services in one file. */
export const mergeCases: fc.Arbitrary<MergeCase> = fc
  .record({
    services: fc.array(
      fc.record({
        rpcs,
        known: fc.nat(6),
        form,
        order: fc.boolean(),
        members: fc.infiniteStream(memberForm()),
      }),
      { minLength: 1, maxLength: 2 },
    ),
    style,
    imports,
    noise: fc.infiniteStream(noise),
    before: fc.uniqueArray(statement, { maxLength: 2 }),
  })
  .map(({ services, style, imports, noise, before }) => {
    const next = () => noise.next().value as string;
    const named = services.map((service, index) => ({
      ...service,
      name: index === 0 ? "Desk" : "Till",
      known: Math.min(service.known, service.rpcs.length),
    }));
    const bodies = named.map((service) => handlerText(service, imports, style, next));
    const lines = [
      importText(
        imports,
        named.map(({ name }) => `${name}Handler`),
      ),
      ...(before.length > 0
        ? [`function helper() {\n${before.map((line) => `  ${line}`).join("\n")}\n}\nvoid helper;`]
        : []),
      ...bodies,
    ];
    const text =
      style.shebang + lines.map((line) => `${line}${style.oneLine ? "" : "\n"}`).join("\n") + style.end;
    const unified = text.replace(/^( {2})+/gm, (spaces) => style.unit.repeat(spaces.length / 2));
    return {
      services: named.map(({ name, rpcs, known }) => ({ name, rpcs, known })),
      text: (style.bom ? "\uFEFF" : "") + unified.replaceAll("\n", style.newline),
    };
  });

function memberForm() {
  return fc.constantFrom("method", "arrow", "quoted", "computed", "public");
}

interface Written {
  readonly name: string;
  readonly rpcs: readonly Rpc[];
  readonly known: number;
  readonly form: string;
  readonly order: boolean;
  readonly members: Iterator<string>;
}

function importText(style: string, handlers: readonly string[]): string {
  const types = 'import type { Ask, Told } from "../gen/desk.ts";';
  switch (style) {
    case "lines":
      return `import {\n  type Ask, // asked\n  type Told // told\n} from "../gen/desk.ts";\nimport type {\n${handlers.map((name) => `  ${name},`).join("\n")}\n} from "../gen/desk.service.ts";`;
    case "alias":
      return `${types}\nimport type { ${handlers.map((name) => `${name} as My${name}`).join(", ")} } from '../gen/desk.service.ts' // behind`;
    case "namespace":
      return `${types}\nimport type * as gen from "../gen/desk.service.ts"; /* behind\n it */`;
    case "mixed":
      return `import type { ${handlers.join(", ")} } from "../gen/desk.service.ts"; type Ask = import("../gen/desk.ts").Ask; type Told = import("../gen/desk.ts").Told;`;
    case "runtime":
      return `import { type MessageInit, badRequest } from "@micro-service/runtime";\n${types}\nimport type { ${handlers.join(", ")} } from "../gen/desk.service.ts";\nvoid badRequest;\nexport type Anything = MessageInit<Ask>;`;
    default:
      return `${types}\nimport type { ${handlers.join(", ")} } from "../gen/desk.service.ts";`;
  }
}

function handlerText(
  { name, rpcs, known, form, order, members }: Written,
  imports: string,
  { oneLine, close }: { readonly oneLine: boolean; readonly close: string },
  noise: () => string,
): string {
  const handler =
    imports === "alias"
      ? `My${name}Handler`
      : imports === "namespace"
        ? `gen.${name}Handler`
        : `${name}Handler`;
  const isClass = ["class", "renamed", "expression", "generic"].includes(form);
  const own = rpcs.slice(0, known);
  const codes = (order ? own.toReversed() : own).map((rpc) =>
    memberText(rpc, isClass, members.next().value as string),
  );
  if (isClass) codes.push("#secret = `}`;", "static hello() { return this; }");
  const separator = isClass ? "" : ",";
  const joined = codes
    .map((code, index) => {
      const comma = index < codes.length - 1 || noise() === "" ? separator : "";
      const above = oneLine ? "" : noise();
      const behind = oneLine ? "" : noise();
      return `${above === "" ? "" : `  ${above}\n`}  ${code}${comma}${behind === "" ? "" : ` ${behind}`}`;
    })
    .join(oneLine ? " " : "\n");
  const last = oneLine ? "" : noise();
  // A line comment needs the end of its line.
  const end =
    /\/\/[^\n]*$/.test(joined + (last === "" ? "" : `\n  ${last}`)) && !close.includes("\n") ? "\n" : close;
  const body = `{${oneLine ? " " : "\n"}${joined}${last === "" ? "" : `\n  ${last}`}${end}}`;
  switch (form) {
    case "renamed":
      return `export default class ${name === "Desk" ? "" : "Second"} implements ${handler} ${body}`.replace(
        "export default class Second",
        "export class Second",
      );
    case "expression":
      return `export const ${name} = class implements ${handler} ${body};`;
    case "generic":
      return `export abstract class ${name}<T = string> implements ${handler}, Iterable<T> ${body.replace("{", "{ abstract [Symbol.iterator](): Iterator<T>;")}`;
    case "const":
      return `export const ${name}: ${handler} = ${body};`;
    case "satisfies":
      return `export const ${name} = (${body} satisfies ${handler});`;
    case "function":
      return `export function create${name}(): ${handler} {\n  return ${body};\n}`;
    case "arrow":
      return `export const create${name} = (): ${handler} => (${body});`;
    default:
      return `export class ${name} implements ${handler} ${body}`;
  }
}

/** As micro-gen names it; a few names are enough here. */
function propertyOf({ name }: Rpc): string {
  return name === "HTTPGet" ? "httpGet" : name.slice(0, 1).toLowerCase() + name.slice(1);
}

function memberText(rpc: Rpc, isClass: boolean, form: string): string {
  const property = propertyOf(rpc);
  const key = form === "quoted" ? `"${property}"` : form === "computed" ? `["${property}"]` : property;
  const result = rpc.givesStream ? `AsyncIterable<${rpc.output}>` : `Promise<${rpc.output}>`;
  const body = `{ throw new Error("} ${property}"); }`;
  if (form === "arrow")
    return isClass ? `${key} = (): ${result} => ${body};` : `${key}: (): ${result} => ${body}`;
  return `${form === "public" && isClass ? "public " : ""}${key}(): ${result} ${body}`;
}

/** The schema of a case. */
export function protoOf({ services }: MergeCase): string {
  const rpc = ({ name, takesStream, givesStream, input, output, comment }: Rpc) => {
    const lines = comment === "" ? "" : `  // ${comment.replaceAll("*/", "* /")}\n`;
    return `${lines}  rpc ${name}(${takesStream ? "stream " : ""}${input}) returns (${givesStream ? "stream " : ""}${output});\n`;
  };
  return `syntax = "proto3";
package shop;
import "google/protobuf/timestamp.proto";
import "google/protobuf/empty.proto";
message Ask { string name = 1; }
message Told { string name = 1; }
${services.map(({ name, rpcs }) => `service ${name} {\n${rpcs.map(rpc).join("")}}\n`).join("")}`;
}
