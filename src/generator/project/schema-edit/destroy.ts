import { relative, sep } from "node:path";
import { declaredAtTop, findDeclaration, findRpc, withoutDeclaration } from "../../merge/proto-text.ts";
import { splice } from "../../merge/splice.ts";
import type { Schema } from "../../schema/index.ts";
import { isUnedited, type Manifest } from "../manifest.ts";
import { ProjectError } from "../project-error.ts";
import { type EditableSchema, findService, type Home, homeOf, type SchemaEdit } from "./home.ts";
import { endsIn, pascalCase, topicOf } from "./names.ts";

/** What goes, and where. */
export interface Destroyed {
  readonly edits: readonly SchemaEdit[];
  readonly fullName: string;
}

/** Takes an rpc away that is as `editAddRpc` wrote it, and the empty messages that only it used. */
export function editDestroyRpc(editable: EditableSchema, typed: string): Destroyed {
  const parts = typed.split(".");
  const name = pascalCase(parts.pop() as string, "rpc");
  const service = findService(editable.schema, parts.join("."), "rpc");
  const method = service.methods.find((one) => one.name === name);
  if (method === undefined)
    throw new ProjectError("invalid", `${service.fullName} has no rpc ${name}; check the spelling.`);
  const home = homeOf(editable, service.file);
  const found = findRpc(home.text, service.name, name);
  if (found === undefined || found.hasComment || found.block !== undefined)
    throw editedError(home, `rpc ${name}`, method.position.line);
  let text = splice(home.text, [withoutDeclaration(home.text, found)]);
  text = withoutUnused(editable.schema, text, [method.input, method.output], method.fullName);
  return { edits: [{ file: home.file, before: home.text, after: text }], fullName: method.fullName };
}

/** Takes a service away whose rpcs are all as they were added, and its file when nothing else is in it. */
export function editDestroyService(editable: EditableSchema, typed: string, manifest: Manifest): Destroyed {
  const service = findService(editable.schema, typed, "service");
  const home = homeOf(editable, service.file);
  const found = findDeclaration(home.text, "service", service.name);
  const isEdited =
    found === undefined ||
    found.hasComment ||
    service.methods.some((method) => findRpc(home.text, service.name, method.name)?.block !== undefined);
  if (isEdited || Object.keys(service.options).length > 0)
    throw editedError(home, `service ${service.name}`, service.position.line);
  let text = splice(home.text, [withoutDeclaration(home.text, found)]);
  const types = service.methods.flatMap(({ input, output }) => [input, output]);
  text = withoutUnused(editable.schema, text, types, service.fullName);
  return { edits: [withoutEmptyFile(editable, home, text, manifest)], fullName: service.fullName };
}

/** Takes an empty message away that nothing else uses. */
export function editDestroyEvent(
  editable: EditableSchema,
  typed: string,
  manifest: Manifest,
): { readonly edits: SchemaEdit[]; readonly fullName: string; readonly topic: string } {
  const names = [...editable.schema.messages.keys()].filter((name) => endsIn(name, typed));
  const { schema } = editable;
  const [fullName] = names;
  if (fullName === undefined)
    throw new ProjectError("invalid", `There is no message ${typed} in the schema; check the spelling.`);
  if (names.length > 1)
    throw new ProjectError("invalid", `${typed} may be ${names.join(" or ")}; write the full name.`);
  const message = schema.messages.get(fullName);
  const home = homeOf(editable, message?.file ?? "");
  const text = withoutUnused(schema, home.text, [fullName], fullName);
  if (text === home.text) throw editedError(home, `message ${fullName}`, message?.position.line ?? 1);
  return { edits: [withoutEmptyFile(editable, home, text, manifest)], fullName, topic: topicOf(fullName) };
}

/** Without the empty messages of a list that nothing else in the schema uses. */
function withoutUnused(schema: Schema, text: string, types: readonly string[], user: string): string {
  let result = text;
  for (const type of new Set(types)) {
    const message = schema.messages.get(type);
    if (message === undefined || message.parent !== undefined || isUsed(schema, type, user)) continue;
    const found = findDeclaration(result, "message", message.name);
    const isEmpty =
      found?.block !== undefined && result.slice(found.block.start, found.block.end).trim() === "";
    if (found !== undefined && isEmpty && !found.hasComment)
      result = splice(result, [withoutDeclaration(result, found)]);
  }
  return result;
}

function isUsed({ files, messages, extensions }: Schema, type: string, user: string): boolean {
  const byRpc = files
    .flatMap(({ services }) => services.flatMap(({ methods }) => methods))
    .filter(({ fullName }) => fullName !== user && !fullName.startsWith(`${user}.`))
    .some(({ input, output }) => input === type || output === type);
  const fields = [...[...messages.values()].flatMap((message) => message.fields), ...extensions.values()];
  return byRpc || fields.some((field) => field.type.kind !== "scalar" && field.type.typeName === type);
}

/** A file that micro-gen made goes when nothing is declared in it any more. */
function withoutEmptyFile(
  { generation }: EditableSchema,
  { file, text: before }: Home,
  after: string,
  manifest: Manifest,
): SchemaEdit {
  const path = relative(generation.root, file).split(sep).join("/");
  const isOurs = manifest.files.has(path) && isUnedited(path, Buffer.from(before), manifest);
  return { file, before, after: isOurs && declaredAtTop(after).length === 0 ? undefined : after };
}

function editedError({ importPath }: Home, what: string, line: number): ProjectError {
  return new ProjectError(
    "edited",
    `${importPath}:${line} ${what} is not as micro-gen adds it (fields, options or comments); take it away by hand.`,
  );
}
