import { isBundled } from "../schema/bundled.ts";
import type { Message, Schema, SchemaFile } from "../schema/index.ts";
import { enumAdditions, messageAdditions, serviceAdditions } from "./additions.ts";
import type { Change, ChangeRules, Pair } from "./change.ts";
import {
  declarationAdded,
  declarationGone,
  declarationMoved,
  declarationRenamed,
  extensionRenumbered,
  fileAdded,
  fileGone,
} from "./declaration-changes.ts";
import { type Declaration, declarationsOf } from "./declarations.ts";
import { enumChanges } from "./enum-changes.ts";
import { eachFieldPair, fieldChanges } from "./field-changes.ts";
import { fileChanges } from "./file-changes.ts";
import { messageChanges } from "./message-changes.ts";
import { methodChanges, serviceChanges } from "./service-changes.ts";
import { createTypeScope } from "./type-likeness.ts";

export interface CompareOptions {
  /** Types that somebody says have another name now, by full name. A service that is called differently is another one. */
  readonly renamed?: ReadonlyMap<string, string>;
  /** The new schema is not all there is: files that it lacks are not gone. Default false. */
  readonly isPartial?: boolean;
}

/**
 * Every difference between two schemas that somebody may notice, in order of file and place. Schemas that come with the
 * tool are left out. Types are the same when their full names are, fields, extensions and values when their numbers are,
 * rpcs when their names are.
 */
export function compareSchemas(
  before: Schema,
  after: Schema,
  { renamed = new Map(), isPartial = false }: CompareOptions = {},
): Change[] {
  const changes: Change[] = [];
  const filesAfter = ownFiles(after);
  const filesBefore = new Map([...ownFiles(before)].filter(([path]) => !isPartial || filesAfter.has(path)));
  const newName = createNewName(filesBefore, filesAfter, renamed);
  const scope = createTypeScope(before, after, newName);

  for (const [path, file] of filesBefore) {
    const now = filesAfter.get(path);
    if (now === undefined) changes.push(fileGone(file));
    else apply(fileChanges, { before: file, after: now });
  }
  for (const [path, file] of filesAfter) if (!filesBefore.has(path)) changes.push(fileAdded(file));

  const declaredBefore = declarationsOf(filesBefore.values());
  const declaredAfter = declarationsOf(filesAfter.values());
  // What is there under another name is not new.
  const known = new Set<string>();
  const extensionsAfter = byNumber(declaredAfter.values());
  for (const old of declaredBefore.values()) {
    const name = newName(old.node.fullName);
    const now = declaredAfter.get(name) ?? extensionsAfter.get(numberOf(old, newName));
    known.add(now?.node.fullName ?? name);
    if (now?.kind !== old.kind) noteGone(old);
    else {
      comparePair(old, now);
      if (renamed.has(old.node.fullName)) changes.push(declarationRenamed(old, now));
      if (old.file !== now.file && filesAfter.has(old.file) && outerOf(old) === undefined)
        changes.push(declarationMoved(old, now));
    }
  }
  for (const added of declaredAfter.values()) {
    // Of what is new as a whole, the outermost is told.
    const outer = outerOf(added);
    const isInNew = !filesBefore.has(added.file) || (outer !== undefined && !known.has(outer));
    if (!known.has(added.node.fullName) && !isInNew) changes.push(declarationAdded(added));
  }
  return changes.sort(byPlace);

  function apply<Target extends Pair<unknown>>(rules: ChangeRules<Target>, pair: Target): void {
    for (const rule in rules) rules[rule]!(pair, (change) => changes.push({ rule, ...change }));
  }

  function comparePair(old: Declaration, current: Declaration): void {
    if (old.kind === "message" && current.kind === "message") compareMessages(old.node, current.node);
    else if (old.kind === "enum" && current.kind === "enum") {
      const pair = { before: old.node, after: current.node };
      apply(enumChanges, pair);
      apply(enumAdditions, pair);
    } else if (old.kind === "service" && current.kind === "service") {
      const pair = { before: old.node, after: current.node };
      apply(serviceChanges, pair);
      apply(serviceAdditions, pair);
      const methods = new Map(current.node.methods.map((method) => [method.name, method]));
      for (const method of old.node.methods) {
        const same = methods.get(method.name);
        if (same !== undefined) apply(methodChanges, { before: method, after: same, scope });
      }
    } else if (old.kind === "extension" && current.kind === "extension") {
      const label = `Extension ${old.node.number} "${old.node.fullName}" of ${old.node.extendee}`;
      const isSame =
        old.node.number === current.node.number && newName(old.node.extendee) === current.node.extendee;
      if (isSame) apply(fieldChanges, { before: old.node, after: current.node, label, scope });
      else changes.push(extensionRenumbered(old.node, current.node));
    }
  }

  function compareMessages(old: Message, current: Message): void {
    const pair = { before: old, after: current };
    apply(messageChanges, pair);
    apply(messageAdditions, pair);
    for (const fields of eachFieldPair(pair, scope)) apply(fieldChanges, fields);
  }

  function noteGone(old: Declaration): void {
    const { kind, file } = old;
    // Of what went away as a whole, the outermost is told; of a file that did, its services, which are called.
    const outer = outerOf(old);
    const around = outer === undefined ? undefined : declaredAfter.get(newName(outer));
    if (outer !== undefined && around === undefined) return;
    if (!filesAfter.has(file) && kind !== "service") return;
    changes.push(declarationGone(old, around?.node.position ?? { file, line: 1, column: 1 }));
  }
}

/** Extensions that have another name are known by what they extend and their number. */
function byNumber(declarations: Iterable<Declaration>): ReadonlyMap<string, Declaration> {
  return new Map(
    [...declarations].filter(({ kind }) => kind === "extension").map((one) => [numberOf(one), one] as const),
  );
}

/** `shop.Order 100`; empty for what is no extension. */
function numberOf({ kind, node }: Declaration, newName = (name: string) => name): string {
  return kind === "extension" ? `${newName(node.extendee)} ${node.number}` : "";
}

/** Full name of the message that a declaration stands in. */
function outerOf(declaration: Declaration): string | undefined {
  return declaration.kind === "service" ? undefined : declaration.node.parent;
}

function ownFiles({ files }: Schema): ReadonlyMap<string, SchemaFile> {
  return new Map(files.filter(({ path }) => !isBundled(path)).map((file) => [file.path, file]));
}

/**
 * A file whose package was renamed is told as that; its types are then the same ones. So are types that somebody says have
 * another name.
 */
function createNewName(
  before: ReadonlyMap<string, SchemaFile>,
  after: ReadonlyMap<string, SchemaFile>,
  said: ReadonlyMap<string, string>,
): (fullName: string) => string {
  const renamed = new Map<string, string>();
  for (const { kind, node } of declarationsOf(before.values()).values()) {
    const to = kind === "message" || kind === "enum" ? said.get(node.fullName) : undefined;
    if (to !== undefined) renamed.set(node.fullName, to);
  }
  for (const [path, file] of before) {
    const current = after.get(path);
    if (current === undefined || current.package === file.package) continue;
    const start = file.package === "" ? 0 : file.package.length + 1;
    for (const { node } of declarationsOf([file]).values()) {
      const rest = node.fullName.slice(start);
      renamed.set(node.fullName, current.package === "" ? rest : `${current.package}.${rest}`);
    }
  }
  return (fullName) => renamed.get(fullName) ?? fullName;
}

function byPlace({ position: a, ...left }: Change, { position: b, ...right }: Change): number {
  return (
    compareText(a.file, b.file) ||
    a.line - b.line ||
    a.column - b.column ||
    compareText(left.rule, right.rule) ||
    compareText(left.name, right.name)
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
