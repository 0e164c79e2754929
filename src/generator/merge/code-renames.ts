import { methodName, safeIdentifier } from "../emit/naming.ts";
import { outputStem } from "../emit/output-path.ts";
import { createScope } from "../emit/scope.ts";
import { nameServices } from "../emit/service-file.ts";
import type { Schema } from "../schema/schema.ts";
import type { Rename } from "./rename.ts";

/** A name that generated code exports, and the one it has from now on. Modules as in `TypeRef`. */
export interface ExportRename {
  readonly kind: "export";
  readonly fromModule: string;
  readonly from: string;
  readonly toModule: string;
  readonly to: string;
}

/** A member of what a service's module exports. */
export interface MemberRename {
  readonly kind: "member";
  /** The module as it is now. */
  readonly module: string;
  /** Interfaces that have it: handler, client, methods. */
  readonly interfaces: readonly string[];
  /** The handler's interface among them. */
  readonly handler: string;
  /** Full name of the rpc as it is now. */
  readonly rpc: string;
  readonly from: string;
  readonly to: string;
}

export type CodeRename = ExportRename | MemberRename;

interface Exported {
  readonly module: string;
  readonly names: readonly string[];
}

/**
 * What renames of a schema mean for the code that refers to what is generated from it. What kept its name and moved to
 * another file is followed, too: that is no guess.
 *
 * @param old the schema as micro-gen last saw it; without it names are what micro-gen would have made of them
 */
export function codeRenames(renames: readonly Rename[], old: Schema | undefined, now: Schema): CodeRename[] {
  const after = exportsOf(now);
  const before = old === undefined ? new Map<string, Exported>() : exportsOf(old);
  const found: CodeRename[] = [];
  const addExports = (from: Exported, to: Exported): void => {
    for (const [index, name] of from.names.entries()) {
      const next = to.names[index] as string;
      if (from.module !== to.module || name !== next)
        found.push({ kind: "export", fromModule: from.module, from: name, toModule: to.module, to: next });
    }
  };
  for (const [name, to] of after) {
    const from = before.get(name);
    if (from !== undefined) addExports(from, to);
  }
  for (const { kind, from, to } of renames) {
    if (kind === "rpc") {
      const rename = memberRename(from, to, now);
      if (rename !== undefined) found.push(rename);
      continue;
    }
    const next = after.get(to);
    if (next === undefined) continue;
    addExports(before.get(from) ?? guessed(kind, from, to, next, now), next);
  }
  return found;
}

function exportsOf(schema: Schema): Map<string, Exported> {
  const scope = createScope(schema);
  const found = new Map<string, Exported>();
  for (const fullName of [...schema.messages.keys(), ...schema.enums.keys()]) {
    const { typesModule, name } = scope.named(fullName);
    if (typesModule.startsWith("/")) found.set(fullName, { module: typesModule, names: [name] });
  }
  for (const file of schema.files) {
    if (file.origin === "bundled") continue;
    for (const { service, constant, client, handler, methods, create, register } of nameServices(file)) {
      const names = [constant, client, handler, methods, create, register];
      found.set(service.fullName, { module: `/${outputStem(file.path)}.service`, names });
    }
  }
  return found;
}

/** The names that something had when nothing else wanted them. */
function guessed(
  kind: Exclude<Rename["kind"], "rpc">,
  from: string,
  to: string,
  { module }: Exported,
  now: Schema,
): Exported {
  if (kind === "service") {
    const name = from.split(".").at(-1) as string;
    const names = [
      safeIdentifier(name),
      ...["Client", "Handler", "Methods"].map((end) => name + end),
      `create${name}Client`,
      `register${name}Handler`,
    ];
    return { module, names };
  }
  const file = (now.messages.get(to) ?? now.enums.get(to))?.file;
  const home = now.files.find(({ path }) => path === file)?.package ?? "";
  const local = from.startsWith(`${home}.`)
    ? from.slice(home.length + 1)
    : (from.split(".").at(-1) as string);
  return { module, names: [safeIdentifier(local.replaceAll(".", "_"))] };
}

function memberRename(from: string, to: string, now: Schema): MemberRename | undefined {
  for (const file of now.files) {
    for (const { service, client, handler, methods } of nameServices(file)) {
      const method = service.methods.find(({ fullName }) => fullName === to);
      if (method === undefined) continue;
      const old = methodName(from.split(".").at(-1) as string);
      const next = methodName(method.name);
      if (old === next) return undefined;
      return {
        kind: "member",
        module: `/${outputStem(file.path)}.service`,
        interfaces: [handler, client, methods],
        handler,
        rpc: to,
        from: old,
        to: next,
      };
    }
  }
  return undefined;
}
