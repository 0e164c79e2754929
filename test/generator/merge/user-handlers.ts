import fc from "fast-check";
import { type Model, propertyOf, type Rpc, type Service } from "./schema-steps.ts";

/** Sources as a person might have written them, by path: handlers of a schema, and what serves them. */
export type UserSources = Readonly<Record<string, string>>;

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

/** Comments where hardly anybody looks for one. */
const inline = fc.constantFrom("", "", "", "", " /* { */", " /** hello() { */", " // }\n   ");

const statement = fc.constantFrom(
  "void `} {{ */`;",
  'void "}";',
  "void /[}'\"`]/;",
  "if (false) { void 0; }",
  "const notImplemented = 1; void notImplemented;",
  "for (const hello of []) void hello;",
);

const styles = fc.record({
  newline: fc.constantFrom("\n", "\r\n"),
  unit: fc.constantFrom("  ", "    ", "\t"),
  bom: fc.boolean(),
  end: fc.constantFrom("", "\n", "\n\n// end", "\n/* end */"),
  oneLine: fc.constantFrom(false, false, true),
  close: fc.constantFrom("\n", "\n\n", "", " "),
  start: fc.constantFrom("", "// @ts-check\n", "/* Licence } */\n\n"),
});

const classForms = [
  "class",
  "renamed",
  "expression",
  "generic",
  "derived",
  "derived far",
  "decorated",
] as const;
const objectForms = ["const", "satisfies", "function", "arrow", "spread", "shorthand", "field"] as const;
const forms = [...classForms, ...objectForms] as const;
const memberForms = [
  "method",
  "arrow",
  "quoted",
  "computed",
  "public",
  "request",
  "async",
  "overload",
  "decorated",
] as const;
const importForms = ["named", "lines", "alias", "namespace", "mixed", "runtime"] as const;

type Form = (typeof forms)[number];
type MemberForm = (typeof memberForms)[number];
type ImportForm = (typeof importForms)[number];
type Style = typeof styles extends fc.Arbitrary<infer Value> ? Value : never;

const waysWith = (forms: readonly Form[]) =>
  fc.record({
    style: styles,
    imports: fc.constantFrom(...importForms),
    isOneFile: fc.boolean(),
    isMain: fc.boolean(),
    services: fc.array(
      fc.record({
        form: fc.constantFrom(...forms),
        isReversed: fc.boolean(),
        members: fc.array(fc.constantFrom(...memberForms), { minLength: 6, maxLength: 6 }),
      }),
      { minLength: 2, maxLength: 2 },
    ),
    noise: fc.infiniteStream(noise),
    inline: fc.infiniteStream(inline),
    before: fc.uniqueArray(statement, { maxLength: 2 }),
  });

/** How somebody writes handlers; `sourcesOf` does it. */
export const ways = waysWith(forms);
export type Way = typeof ways extends fc.Arbitrary<infer Value> ? Value : never;

/** Those whose members can be seen without a type checker. */
export const plainWays = waysWith(forms.filter((form) => !/^(derived|spread|generic)/.test(form)));

/** What goes into one file. */
interface Part {
  readonly code: string;
  readonly handlers: readonly string[];
  /** Of types: Ask, Told. */
  readonly types: readonly string[];
  /** Lines of imports besides. */
  readonly imports?: readonly string[];
}

/** The sources that somebody has who wrote the written rpcs of a schema in some way. */
export function sourcesOf(model: Model, way: Way): UserSources {
  const next = () => way.noise.next().value as string;
  const gap = () => (way.style.oneLine ? "" : (way.inline.next().value as string));
  const files = new Map<string, Part[]>();
  const put = (path: string, part: Part) => files.set(path, [...(files.get(path) ?? []), part]);
  const served: string[] = [];
  for (const [index, service] of model.services.entries()) {
    const own = way.services[index];
    if (own === undefined || !service.rpcs.some(({ isWritten }) => isWritten)) continue;
    const path = way.isOneFile ? "src/handler/desk.ts" : `src/handler/${service.name.toLowerCase()}.ts`;
    const pen: Pen = { ...own, imports: way.imports, style: way.style, next, gap, path };
    for (const [where, part] of handlerParts(service, pen)) put(where, part);
    const served_ = instanceOf(service.name, own.form);
    if (served_ !== undefined) served.push(`${service.name} ${path} ${served_}`);
  }
  const texts = [...files].map(([path, parts]) => [path, fileText(path, parts, model, way)] as const);
  const main = way.isMain ? [["src/main.ts", mainText(served, way.style)] as const] : [];
  return Object.fromEntries([...texts, ...main]);
}

interface Pen {
  readonly form: Form;
  readonly isReversed: boolean;
  readonly members: readonly MemberForm[];
  readonly imports: ImportForm;
  readonly style: Style;
  /** A comment, or none. */
  readonly next: () => string;
  /** A comment between two words, or none. */
  readonly gap: () => string;
  readonly path: string;
}

function fileText(
  path: string,
  parts: readonly Part[],
  model: Model,
  { style, imports, before }: Way,
): string {
  const handlers = parts.flatMap((part) => part.handlers);
  const types = [...new Set(parts.flatMap((part) => part.types))];
  const lines = [
    ...importLines(imports, handlers, types, model),
    ...new Set(parts.flatMap((part) => part.imports ?? [])),
    ...(before.length > 0 && path.startsWith("src/handler/")
      ? [`function helper() {\n${before.map((line) => `  ${line}`).join("\n")}\n}\nvoid helper;`]
      : []),
    ...(parts.some(({ code }) => code.includes("@traced"))
      ? ["function traced(_value: unknown, _context: unknown): void {}"]
      : []),
    ...parts.map(({ code }) => code),
  ];
  const text =
    style.start + lines.map((line) => `${line}${style.oneLine ? "" : "\n"}`).join("\n") + style.end;
  return inStyle(text, style);
}

function inStyle(text: string, { unit, bom, newline }: Style): string {
  const indented = text.replace(/^( {2})+/gm, (spaces) => unit.repeat(spaces.length / 2));
  return (bom ? "\uFEFF" : "") + indented.replaceAll("\n", newline);
}

/** Which generated module has what. */
function moduleOf(name: string, { isToldApart }: Model): string {
  if (name.endsWith("Handler")) return `../gen/${name.replace("Handler", "").toLowerCase()}.service.ts`;
  return name === "Told" && isToldApart ? "../gen/told.ts" : "../gen/desk.ts";
}

function importLines(
  form: ImportForm,
  handlers: readonly string[],
  types: readonly string[],
  model: Model,
): string[] {
  const byModule = (names: readonly string[]) => {
    const found = new Map<string, string[]>();
    for (const name of names) {
      const module = moduleOf(name, model);
      found.set(module, [...(found.get(module) ?? []), name]);
    }
    return [...found];
  };
  const plain = (names: readonly string[]) =>
    byModule(names).map(([module, list]) => `import type { ${list.join(", ")} } from "${module}";`);
  switch (form) {
    case "lines":
      return [
        ...byModule(types).map(
          ([module, list]) =>
            `import {\n${list.map((name) => `  type ${name} // ${name}\n  ,`).join("\n")}\n} from "${module}";`,
        ),
        ...byModule(handlers).map(
          ([module, list]) =>
            `import type {\n${list.map((name) => `  ${name},`).join("\n")}\n} from "${module}";`,
        ),
      ];
    case "alias":
      return [
        ...plain(types),
        ...byModule(handlers).map(
          ([module, list]) =>
            `import type { ${list.map((name) => `${name} as My${name}`).join(", ")} } from '${module}' // behind`,
        ),
      ];
    case "namespace":
      return [
        ...plain(types),
        ...handlers.map(
          (name) => `import type * as ${name}s from "${moduleOf(name, model)}"; /* behind\n it */`,
        ),
      ];
    case "mixed":
      return [
        ...plain(handlers),
        ...types.map((name) => `type ${name} = import("${moduleOf(name, model)}").${name};`),
      ];
    case "runtime":
      return [
        'import { type MessageInit, badRequest } from "@micro-service/runtime";',
        ...plain(types),
        ...plain(handlers),
        `void badRequest;\nexport type Anything = MessageInit<{ a: 1 }>;`,
      ];
    default:
      return [...plain(types), ...plain(handlers)];
  }
}

function handlerName(service: string, imports: ImportForm): string {
  const name = `${service}Handler`;
  if (imports === "alias") return `My${name}`;
  return imports === "namespace" ? `${name}s.${name}` : name;
}

/** The files that a handler is written in: most have one. */
function handlerParts({ name, rpcs }: Service, pen: Pen): (readonly [string, Part])[] {
  const { form, gap, path } = pen;
  const isClass = (classForms as readonly string[]).includes(form);
  const written = rpcs.filter(({ isWritten }) => isWritten);
  const own = pen.isReversed ? written.toReversed() : written;
  // Half of the members come from somewhere else.
  const isShort = ({ name: rpc }: Rpc) => /^(Hello|Count|HTTPGet|get_all|X)$/.test(rpc);
  const others =
    form === "shorthand"
      ? own.filter(isShort)
      : form.startsWith("derived") || form === "spread"
        ? own.slice(0, Math.ceil(own.length / 2))
        : [];
  const handler = handlerName(name, pen.imports);
  const implementing = `${gap()} implements${gap()} ${handler}${gap()} `;
  const body = bodyText(
    own.filter((rpc) => !others.includes(rpc)),
    isClass,
    pen,
  );
  const base = `class ${name}Base ${bodyText(others, isClass, pen)}`;
  const part = (code: string, handlers: readonly string[], imports: readonly string[] = []): Part => ({
    code,
    handlers,
    types: ["Ask", "Told"].filter((type) => new RegExp(`\\b${type}\\b`).test(code)),
    imports,
  });
  const files = (code: string) => [[path, part(code, [`${name}Handler`])] as const];
  switch (form) {
    case "renamed":
      return files(`export class ${name}Mine${implementing}${body}`);
    case "expression":
      return files(`export const ${name} =${gap()} class${implementing}${body};`);
    case "generic": {
      const text = body.replace("{", "{ abstract [Symbol.iterator](): Iterator<T>;");
      return files(`export abstract class ${name}<T = string>${implementing},${gap()} Iterable<T> ${text}`);
    }
    case "derived":
      return files(`${base}\nexport class ${name} extends ${name}Base${implementing}${body}`);
    case "derived far": {
      const file = `${name.toLowerCase()}-base.ts`;
      const line = `import { ${name}Base } from "../lib/${file}";`;
      const code = `export class ${name} extends ${name}Base${implementing}${body}`;
      return [
        [`src/lib/${file}`, part(`export ${base}`, [])],
        [path, part(code, [`${name}Handler`], [line])],
      ];
    }
    case "decorated":
      return files(`@traced${gap()}\nexport class ${name}${implementing}${body}`);
    case "const":
      return files(`export const ${name}:${gap()} ${handler} =${gap()} ${body};`);
    case "satisfies":
      return files(`export const ${name} = (${body} satisfies ${handler});`);
    case "function":
      return files(`export function create${name}():${gap()} ${handler} {\n  return ${body};\n}`);
    case "arrow":
      return files(`export const create${name} = (): ${handler} =>${gap()} (${body});`);
    case "spread": {
      const spread = `const base${name} = ${bodyText(others, isClass, pen)};`;
      return files(
        `${spread}\nexport const ${name}: ${handler} = ${body.replace("{", `{ ...base${name},`)};`,
      );
    }
    case "field":
      return files(`export class ${name}s {\n  readonly all:${gap()} ${handler} = ${body};\n}`);
    case "shorthand": {
      const functions = others.map(
        (rpc) => `function ${propertyOf(rpc)}(): ${resultOf(rpc)} { throw new Error("}"); }\n`,
      );
      const list = others.map((rpc) => `${propertyOf(rpc)},`).join(" ");
      return files(
        `${functions.join("")}export const ${name}: ${handler} = ${body.replace("{", `{ ${list}`)};`,
      );
    }
    default:
      return files(`export${gap()} class${gap()} ${name}${implementing}${body}`);
  }
}

/** `{ ... }` of a class or an object. */
function bodyText(rpcs: readonly Rpc[], isClass: boolean, { form, members, style, next, gap }: Pen): string {
  const { oneLine, close } = style;
  const codes = rpcs.map((rpc, index) =>
    memberText(rpc, isClass, members[index % members.length] ?? "method", gap),
  );
  if (isClass) codes.push("#secret = `}`;");
  if (isClass && !form.startsWith("derived")) codes.push("static hello() { return this; }");
  const separator = isClass ? "" : ",";
  const joined = codes
    .map((code, index) => {
      const comma = index < codes.length - 1 || next() === "" ? separator : "";
      const above = oneLine ? "" : next();
      const behind = oneLine ? "" : next();
      return `${above === "" ? "" : `  ${above}\n`}  ${code}${comma}${behind === "" ? "" : ` ${behind}`}`;
    })
    .join(oneLine ? " " : "\n");
  const last = oneLine ? "" : next();
  const inner = joined + (last === "" ? "" : `\n  ${last}`);
  // A line comment needs the end of its line.
  const end = /\/\/[^\n]*$/.test(inner) && !close.includes("\n") ? "\n" : close;
  return `{${oneLine ? " " : "\n"}${inner}${end}}`;
}

function resultOf({ givesStream, output }: Rpc): string {
  return givesStream ? `AsyncIterable<${output}>` : `Promise<${output}>`;
}

function memberText(rpc: Rpc, isClass: boolean, form: MemberForm, gap: () => string): string {
  const property = propertyOf(rpc);
  const { input, output, takesStream, givesStream } = rpc;
  const result = resultOf(rpc);
  const body = `{${gap()} throw new Error("} ${property}"); }`;
  const isTyped = /^(Ask|Told)$/.test(input);
  const request = isTyped
    ? `request: ${takesStream ? `AsyncIterable<${input}>` : input}`
    : "_request: unknown";
  switch (form) {
    case "arrow":
      return isClass
        ? `${property} =${gap()} (): ${result} =>${gap()} ${body};`
        : `${property}:${gap()} (): ${result} => ${body}`;
    case "quoted":
      return `"${property}"(): ${result} ${body}`;
    case "computed":
      return `["${property}"](): ${result} ${body}`;
    case "public":
      return `${isClass ? "public " : ""}${property}${gap()}(): ${result} ${body}`;
    case "request":
      return `${property}(${request}): ${result} {${gap()} throw new Error(String(${request.split(":")[0]})); }`;
    case "async":
      return `async ${givesStream ? "* " : ""}${property}(): ${givesStream ? `AsyncGenerator<${output}>` : result} ${body}`;
    case "overload":
      return isClass
        ? `${property}(): ${result};\n  ${property}(): ${result} ${body}`
        : `${property}() : ${result} ${body}`;
    case "decorated":
      return isClass
        ? `@traced${gap()} ${property}(): ${result} ${body}`
        : `${property}(): ${result} ${body}`;
    default:
      return `${property}(): ${result} ${body}`;
  }
}

/** What is handed to `register...Handler`; undefined for what nobody can make. */
function instanceOf(name: string, form: Form): string | undefined {
  if (form === "generic" || form === "renamed" || form === "field") return undefined;
  if ((classForms as readonly string[]).includes(form)) return `${name} new ${name}()`;
  return form === "function" || form === "arrow" ? `create${name} create${name}()` : `${name} ${name}`;
}

function mainText(served: readonly string[], style: Style): string {
  const parts = served.map((line) => {
    const [service = "", path = "", name = "", ...made] = line.split(" ");
    return { service, path, name, made: made.join(" ") };
  });
  const lines = [
    'import { createService } from "@micro-service/runtime";',
    ...parts.map(
      ({ service }) =>
        `import { register${service}Handler } from "./gen/${service.toLowerCase()}.service.ts";`,
    ),
    ...parts.map(({ path, name }) => `import { ${name} } from "./${path.slice(4)}";`),
    'const service = await createService({ name: "go.micro.srv.desk" }); // the service',
    ...parts.map(({ service, made }) => `register${service}Handler(service.server, ${made}); // ${service}`),
    "await service.run();",
  ];
  return inStyle(lines.join("\n"), style) + (style.end === "" ? "" : style.newline);
}
