import { dirname, join, relative, sep } from "node:path";
import type { Schema, SchemaFile, ServiceDef } from "../../schema/index.ts";
import type { Generation } from "../generation.ts";
import { ProjectError } from "../project-error.ts";
import { endsIn } from "./names.ts";

/** A .proto file that is to be another. */
export interface SchemaEdit {
  /** Absolute. */
  readonly file: string;
  /** Undefined: it is new. */
  readonly before: string | undefined;
  /** Undefined: it goes. */
  readonly after: string | undefined;
}

/** Schemas of a project that can be edited. */
export interface EditableSchema {
  readonly generation: Generation;
  readonly schema: Schema;
}

/** A .proto file with its text. */
export interface Home {
  readonly file: string;
  readonly importPath: string;
  readonly package: string;
  readonly text: string;
  readonly isNew: boolean;
}

/** The service a user means; `typed` may be its full name, the end of it, or empty where there is one. */
export function findService({ files }: Schema, typed: string, what: string): ServiceDef {
  const all = files.filter(({ origin }) => origin === "asked").flatMap(({ services }) => services);
  const found = typed === "" ? all : all.filter(({ fullName }) => endsIn(fullName, typed));
  const [first] = found;
  if (first !== undefined && found.length === 1) return first;
  const names = (found.length > 1 ? found : all).map(({ fullName }) => fullName);
  const list = names.length === 0 ? "the schema has none" : `there is ${names.join(" and ")}`;
  if (typed === "")
    throw new ProjectError("invalid", `Say which service the ${what} is for (Service.Rpc); ${list}.`);
  if (found.length > 1)
    throw new ProjectError("invalid", `${typed} may be ${names.join(" or ")}; write the full name.`);
  throw new ProjectError("invalid", `There is no service ${typed}; ${list}.`);
}

/** The file of a declaration. */
export function homeOf({ generation, schema }: EditableSchema, importPath: string): Home {
  const found = schema.files.find(({ path }) => path === importPath);
  const file = generation.includePaths
    .map((root) => join(root, importPath))
    .find((path) => generation.files.includes(path));
  if (found === undefined || file === undefined)
    throw new ProjectError(
      "invalid",
      `${importPath} is not among the project's own schemas; change it where it lies.`,
    );
  return { file, importPath, package: found.package, text: found.text, isNew: false };
}

/** Where something new is declared: the file asked for, else one beside the schemas of its package. */
export function homeForNew(
  editable: EditableSchema,
  packageTyped: string,
  file: string | undefined,
  defaultName: string,
): Home {
  const { generation, schema } = editable;
  const own = schema.files.filter(({ origin }) => origin === "asked");
  const packages = [...new Set(own.map((one) => one.package))];
  const only = packages.length === 1 ? packages[0] : undefined;
  if (file !== undefined) {
    const known = own.find(({ path }) => homeOf(editable, path).file === file);
    if (known !== undefined) return homeOf(editable, known.path);
  }
  const home = packageTyped === "" ? only : packageTyped;
  if (home === undefined)
    throw new ProjectError("invalid", `Say which package it is for; there is ${packages.join(" and ")}.`);
  const sibling = own.find((one) => one.package === home) ?? own[0];
  const folder =
    sibling === undefined ? generation.includePaths[0] : dirname(homeOf(editable, sibling.path).file);
  const target = file ?? join(folder as string, defaultName);
  const root = generation.includePaths.find((path) => !relative(path, target).startsWith(".."));
  if (root === undefined || !target.endsWith(".proto"))
    throw new ProjectError("invalid", "--file must name a .proto below the project's schema folders.");
  const importPath = relative(root, target).split(sep).join("/");
  const there = own.find(({ path }) => path === importPath);
  if (there !== undefined) return homeOf(editable, there.path);
  return { file: target, importPath, package: home, text: headOf(sibling, home), isNew: true };
}

function headOf(sibling: SchemaFile | undefined, name: string): string {
  const edition = sibling?.edition ?? "proto3";
  const first = edition.startsWith("proto") ? `syntax = "${edition}";` : `edition = "${edition}";`;
  return `${first}\n${name === "" ? "" : `\npackage ${name};\n`}`;
}
