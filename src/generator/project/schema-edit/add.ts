import { addDeclarations, addImport, addRpc, findDeclaration, type RpcText } from "../../merge/proto-text.ts";
import { type Splice, splice } from "../../merge/splice.ts";
import { isBundled } from "../../schema/bundled.ts";
import type { Schema } from "../../schema/index.ts";
import { ProjectError } from "../project-error.ts";
import { type EditableSchema, findService, type Home, homeForNew, homeOf, type SchemaEdit } from "./home.ts";
import { full, kebabCase, pascalCase, topicOf } from "./names.ts";

/** An rpc to add. */
export interface RpcRequest {
  /** As typed: `Greeter.Goodbye`, or `Goodbye` where there is one service. */
  readonly name: string;
  /** As typed; default `<Rpc>Request`. */
  readonly request?: string | undefined;
  readonly response?: string | undefined;
  readonly stream?: "client" | "server" | "both" | undefined;
}

/** Adds an rpc to a service, and the messages it names that are not there. */
export function editAddRpc(editable: EditableSchema, request: RpcRequest): SchemaEdit[] {
  const parts = request.name.split(".");
  const name = pascalCase(parts.pop() as string, "rpc");
  const service = findService(editable.schema, parts.join("."), "rpc");
  if (service.methods.some((method) => method.name === name))
    throw new ProjectError(
      "conflict",
      `${service.fullName} has an rpc ${name} already; choose another name.`,
    );
  const home = homeOf(editable, service.file);
  return [
    { file: home.file, before: home.text, after: withRpc(editable, home, service.name, name, request) },
  ];
}

/** Adds a service with rpcs that have messages of their own, by default in a new file. */
export function editAddService(
  editable: EditableSchema,
  typed: string,
  rpcs: readonly string[],
  file: string | undefined,
): SchemaEdit[] {
  const parts = typed.split(".");
  const name = pascalCase(parts.pop() as string, "service");
  const home = homeForNew(editable, parts.join("."), file, `${kebabCase(name)}.proto`);
  const taken = takenBy(editable.schema, full(home.package, name));
  if (taken !== undefined)
    throw new ProjectError(
      "conflict",
      `${taken} has ${full(home.package, name)} already; choose another name.`,
    );
  let text = splice(home.text, [addDeclarations(home.text, undefined, [`service ${name} {\n}`]) as Splice]);
  for (const rpc of rpcs) {
    text = withRpc(editable, { ...home, text }, name, pascalCase(rpc, "rpc"), { name: rpc });
  }
  return [{ file: home.file, before: home.isNew ? undefined : home.text, after: text }];
}

/** Adds an empty message, by default to `events.proto`. */
export function editAddEvent(
  editable: EditableSchema,
  typed: string,
  file: string | undefined,
): { readonly edits: SchemaEdit[]; readonly fullName: string; readonly topic: string } {
  const parts = typed.split(".");
  const name = pascalCase(parts.pop() as string, "event");
  const home = homeForNew(editable, parts.join("."), file, "events.proto");
  const fullName = full(home.package, name);
  const taken = takenBy(editable.schema, fullName);
  if (taken !== undefined)
    throw new ProjectError("conflict", `${taken} has ${fullName} already; choose another name.`);
  const after = splice(home.text, [addDeclarations(home.text, undefined, [`message ${name} {}`]) as Splice]);
  const topic = topicOf(fullName);
  return { edits: [{ file: home.file, before: home.isNew ? undefined : home.text, after }], fullName, topic };
}

function withRpc(
  editable: EditableSchema,
  home: Home,
  service: string,
  name: string,
  { request = `${name}Request`, response = `${name}Response`, stream }: RpcRequest,
): string {
  let { text } = home;
  const missing: string[] = [];
  for (const type of new Set([request, response])) {
    const found = resolveType(editable.schema, home.package, type);
    if (found === "missing") {
      if (!/^[A-Za-z_]\w*$/.test(type))
        throw new ProjectError(
          "invalid",
          `There is no message ${type} in the schema; add it, or name one of this package.`,
        );
      if (findDeclaration(text, "message", type) === undefined) missing.push(`message ${type} {}`);
    } else if (found !== home.importPath && !reaches(editable.schema, home.importPath, found)) {
      text = splice(text, [addImport(text, found)]);
    }
  }
  const rpc: RpcText = {
    name,
    request,
    response,
    takesStream: stream === "client" || stream === "both",
    givesStream: stream === "server" || stream === "both",
  };
  const declaration = findDeclaration(text, "service", service);
  if (declaration === undefined)
    throw new ProjectError(
      "invalid",
      `service ${service} was not found in ${home.importPath}; add the rpc by hand.`,
    );
  const more = addDeclarations(text, declaration, missing);
  return splice(text, [addRpc(text, declaration, rpc), ...(more === undefined ? [] : [more])]);
}

const wellKnown: Readonly<Record<string, string>> = {
  Any: "any",
  Duration: "duration",
  Empty: "empty",
  FieldMask: "field_mask",
  Struct: "struct",
  Timestamp: "timestamp",
};

/** The file that has a message as a type is named in a package; `missing` for none. */
function resolveType(schema: Schema, home: string, type: string): string {
  for (let scope = home; ; scope = scope.slice(0, Math.max(0, scope.lastIndexOf(".")))) {
    const message = schema.messages.get(full(scope, type.replace(/^\./, "")));
    if (message !== undefined) return message.file;
    if (scope === "") break;
  }
  const known = wellKnown[/^\.?google\.protobuf\.(\w+)$/.exec(type)?.[1] ?? ""];
  const file = known === undefined ? undefined : `google/protobuf/${known}.proto`;
  return file !== undefined && isBundled(file) ? file : "missing";
}

/** Whether a file imports another, publicly through others too. */
function reaches({ files }: Schema, from: string, to: string): boolean {
  const imports = files.find(({ path }) => path === from)?.imports ?? [];
  const seen = new Set<string>();
  const visit = (path: string): boolean => {
    if (path === to) return true;
    if (seen.has(path)) return false;
    seen.add(path);
    const file = files.find((one) => one.path === path);
    return (file?.imports ?? []).some((one) => one.public && visit(one.path));
  };
  return imports.some(({ path }) => visit(path));
}

function takenBy({ files, messages, enums }: Schema, fullName: string): string | undefined {
  const service = files.find(({ services }) => services.some((one) => one.fullName === fullName))?.path;
  return service ?? messages.get(fullName)?.file ?? enums.get(fullName)?.file;
}
