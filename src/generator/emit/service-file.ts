import type { Method, SchemaFile, ServiceDef } from "../schema/schema.ts";
import { docComment } from "./doc-comment.ts";
import { createModuleFile, LINE_WIDTH, type ModuleFile } from "./module-file.ts";
import { createNamer, methodName, safeIdentifier } from "./naming.ts";
import type { Scope } from "./scope.ts";
import { shadowNote } from "./shadowed-global.ts";
import { fileHead } from "./types-file.ts";

/** What a service file exports for one service. */
export interface ServiceNames {
  readonly service: ServiceDef;
  readonly constant: string;
  readonly client: string;
  readonly handler: string;
  readonly methods: string;
  readonly create: string;
  readonly register: string;
}

interface MethodText {
  readonly method: Method;
  /** Property name, `hello`. */
  readonly name: string;
  readonly input: string;
  readonly output: string;
}

const METHOD_TYPES = {
  unary: "UnaryMethod",
  serverStream: "ServerStreamMethod",
  clientStream: "ClientStreamMethod",
  bidiStream: "BidiStreamMethod",
} as const;

/** Per service: client and handler interfaces, the service type, a client factory and the registration. */
export function printServiceFile(
  scope: Scope,
  schemaFile: SchemaFile,
  path: string,
  importExtension: string,
): string {
  const services = nameServices(schemaFile);
  const declared = services.flatMap((names) => [
    names.constant,
    names.client,
    names.handler,
    names.methods,
    names.create,
    names.register,
  ]);
  const file = createModuleFile(path, declared, importExtension, scope.orderOf);
  const parts = services.map((names) => printService(scope, file, names, schemaFile.deprecated).join("\n"));
  return file.print(fileHead(schemaFile), `${parts.join("\n\n")}\n`);
}

/** What the functions call their parameters: a constant of that name could not be seen in there. */
const PARAMETERS = ["client", "service", "server", "handler", "request", "requests", "options"];

/** Names of all services of a file, each name once. */
export function nameServices(schemaFile: SchemaFile): ServiceNames[] {
  const namer = createNamer(PARAMETERS);
  // Constants first: their names are the .proto's own.
  const constants = schemaFile.services.map((service) => namer(safeIdentifier(service.name)));
  return schemaFile.services.map((service, index) => ({
    service,
    constant: constants[index] as string,
    client: namer(`${service.name}Client`),
    handler: namer(`${service.name}Handler`),
    methods: namer(`${service.name}Methods`),
    create: namer(`create${service.name}Client`),
    register: namer(`register${service.name}Handler`),
  }));
}

function printService(scope: Scope, file: ModuleFile, names: ServiceNames, allDeprecated: boolean): string[] {
  const { service, constant, client, handler, methods, create, register } = names;
  const namer = createNamer();
  const texts = service.methods.map((method): MethodText => {
    const message = (fullName: string): string => {
      const { name, typesModule } = scope.named(fullName);
      return file.value(typesModule, name);
    };
    return {
      method,
      name: namer(methodName(method.name)),
      input: message(method.input),
      output: message(method.output),
    };
  });
  const deprecated = service.deprecated || allDeprecated;
  const clientType = file.type(scope.runtime.client, "Client");
  const serverType = file.type(scope.runtime.server, "Server");
  const serviceType = file.type(scope.runtime.protobuf, "ServiceType");
  const unused = texts.length === 0 ? "_" : "";
  return [
    ...docComment(withName(service.comment, `service ${service.fullName}`), deprecated),
    ...interfaceOf(
      client,
      texts.flatMap((text) => [
        ...docComment(text.method.comment, text.method.deprecated, "  "),
        ...clientMethod(scope, file, text),
      ]),
    ),
    "",
    ...docComment(`What answers the calls of ${service.name}.`, false),
    ...interfaceOf(
      handler,
      texts.flatMap((text) => [
        ...docComment(text.method.comment, text.method.deprecated, "  "),
        ...handlerMethod(scope, file, text),
      ]),
    ),
    "",
    ...docComment(`Types of the methods of ${service.name}.`, false),
    ...interfaceOf(
      methods,
      texts.flatMap(({ method, name, input, output }) => {
        const type = file.type(scope.runtime.protobuf, METHOD_TYPES[method.kind]);
        const line = `  readonly ${name}: ${type}<${input}, ${output}>;`;
        return line.length <= LINE_WIDTH
          ? [line]
          : [`  readonly ${name}: ${type}<`, `    ${input},`, `    ${output}`, "  >;"];
      }),
    ),
    "",
    ...docComment(`Names and types of service ${service.fullName}.`, deprecated),
    ...shadowNote(constant),
    ...constantOf(`export const ${constant}: ${serviceType}<${methods}> =`, [
      "{",
      `  typeName: ${JSON.stringify(service.fullName)},`,
      `  digest: ${JSON.stringify(scope.digest(service))},`,
      texts.length === 0 ? "  methods: {}," : "  methods: {",
      ...texts.flatMap((text) => methodEntry(service, text, allDeprecated)),
      ...(texts.length === 0 ? [] : ["  },"]),
      "};",
    ]),
    "",
    "/** A client of the service that is registered under the name `service`. */",
    ...call(
      "",
      `export function ${create}`,
      [`${unused}client: ${clientType}`, `${unused}service: string`],
      `: ${client} {`,
    ),
    ...(texts.length === 0 ? [] : [`  client.uses?.note(service, ${constant});`]),
    ...(texts.length === 0
      ? ["  return {};"]
      : ["  return {", ...texts.flatMap((text) => clientLine(constant, text)), "  };"]),
    "}",
    "",
    ...docComment(`Lets \`server\` answer calls of ${service.name} with \`handler\`.`, false),
    ...call("", `export function ${register}`, [`server: ${serverType}`, `handler: ${handler}`], ": void {"),
    `  server.handle(${constant}, handler);`,
    "}",
  ];
}

/** `head value`, or the value on lines of its own when the head is long. */
function constantOf(head: string, [open = "", ...rest]: readonly string[]): string[] {
  if (`${head} ${open}`.length <= LINE_WIDTH) return [`${head} ${open}`, ...rest];
  return [head, ...[open, ...rest].map((line) => `  ${line}`)];
}

/** An interface; linters want no empty ones. */
function interfaceOf(name: string, members: readonly string[]): string[] {
  if (members.length === 0) return [`export type ${name} = object;`];
  return [`export interface ${name} {`, ...members, "}"];
}

function withName(comment: string | undefined, name: string): string {
  return comment === undefined ? `Calls ${name}.` : comment;
}

function isClientStream({ kind }: Method): boolean {
  return kind === "clientStream" || kind === "bidiStream";
}

function isServerStream({ kind }: Method): boolean {
  return kind === "serverStream" || kind === "bidiStream";
}

/** Name of a method in an interface, where `new(...)` would say what the constructor takes. */
function signatureName(name: string): string {
  return name === "new" ? JSON.stringify(name) : name;
}

function clientMethod(scope: Scope, file: ModuleFile, { method, name, input, output }: MethodText): string[] {
  const init = `${file.type(scope.runtime.protobuf, "MessageInit")}<${input}>`;
  const iterable = file.global("AsyncIterable");
  const request = isClientStream(method) ? `requests: ${iterable}<${init}>` : `request: ${init}`;
  const response = isServerStream(method) ? iterable : file.global("Promise");
  const options = `options?: ${file.type(scope.runtime.client, "CallOptions")}`;
  return call("  ", signatureName(name), [request, options], `: ${response}<${output}>;`);
}

function handlerMethod(
  scope: Scope,
  file: ModuleFile,
  { method, name, input, output }: MethodText,
): string[] {
  const init = `${file.type(scope.runtime.protobuf, "MessageInit")}<${output}>`;
  const iterable = file.global("AsyncIterable");
  const request = isClientStream(method) ? `requests: ${iterable}<${input}>` : `request: ${input}`;
  const response = isServerStream(method)
    ? `${iterable}<${init}>`
    : `${file.global("Promise")}<${init}> | ${init}`;
  const context = `context: ${file.type(scope.runtime.context, "Context")}`;
  return call("  ", signatureName(name), [request, context], `: ${response};`);
}

function methodEntry(
  service: ServiceDef,
  { method, name, input, output }: MethodText,
  old: boolean,
): string[] {
  const rules = method.http.map(
    ({ method: verb, path, body, responseBody }) =>
      `{ method: ${JSON.stringify(verb)}, path: ${JSON.stringify(path)}` +
      `${body === undefined ? "" : `, body: ${JSON.stringify(body)}`}` +
      `${responseBody === undefined ? "" : `, responseBody: ${JSON.stringify(responseBody)}`} }`,
  );
  const http = `      http: [${rules.join(", ")}],`;
  return [
    `    ${name}: {`,
    `      name: ${JSON.stringify(method.name)},`,
    `      kind: ${JSON.stringify(method.kind)},`,
    `      service: ${JSON.stringify(service.fullName)},`,
    `      input: ${input},`,
    `      output: ${output},`,
    `      idempotency: ${JSON.stringify(method.idempotency)},`,
    ...(rules.length === 0
      ? []
      : http.length <= LINE_WIDTH
        ? [http]
        : ["      http: [", ...rules.map((rule) => `        ${rule},`), "      ],"]),
    ...(method.deprecated || service.deprecated || old ? ["      deprecated: true,"] : []),
    "    },",
  ];
}

function clientLine(constant: string, { method, name }: MethodText): string[] {
  const request = isClientStream(method) ? "requests" : "request";
  const start = `    ${name}: (${request}, options) =>`;
  const parameters = ["service", `${constant}.methods.${name}`, request, "options"];
  const [body = "", ...more] = call("      ", `client.${method.kind}`, parameters, ",");
  const line = `${start} ${body.trimStart()}`;
  return more.length === 0 && line.length <= LINE_WIDTH ? [line] : [start, body, ...more];
}

/** `name(a, b)tail` on one line, or one parameter per line when that is too long. */
function call(indent: string, name: string, parameters: readonly string[], tail: string): string[] {
  const line = `${indent}${name}(${parameters.join(", ")})${tail}`;
  if (line.length <= LINE_WIDTH) return [line];
  return [
    `${indent}${name}(`,
    ...parameters.map((parameter) => `${indent}  ${parameter},`),
    `${indent})${tail}`,
  ];
}
