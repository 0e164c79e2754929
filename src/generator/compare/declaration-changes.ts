import type { Extension, Position, SchemaFile } from "../schema/index.ts";
import type { Change } from "./change.ts";
import type { Declaration } from "./declarations.ts";

/** A declaration that is no longer there. `around`: where it was. */
export function declarationGone({ kind, node }: Declaration, around: Position): Change {
  const isService = kind === "service";
  return {
    kind: isService ? "wire" : "source",
    rule: `${kind}-deleted`,
    name: node.fullName,
    position: around,
    what: `${capital(kind)} ${node.fullName} is gone`,
    consequence: isService
      ? "Whoever calls it is answered Unimplemented."
      : "Code that uses it no longer compiles.",
    remedy: "Keep it, marked as deprecated, until nobody uses it.",
  };
}

/** A declaration that another file has now. */
export function declarationMoved({ kind, node, file }: Declaration, now: Declaration): Change {
  return {
    kind: "source",
    rule: `${kind}-moved`,
    name: node.fullName,
    position: now.node.position,
    what: `${capital(kind)} ${node.fullName} was in ${file} and is in ${now.file}`,
    consequence: "Code that imports it from the old file no longer compiles.",
    remedy: undefined,
  };
}

/** A declaration of which somebody says that it has another name. */
export function declarationRenamed({ kind, node }: Declaration, now: Declaration): Change {
  return {
    kind: "source",
    rule: `${kind}-renamed`,
    name: node.fullName,
    position: now.node.position,
    what: `${capital(kind)} ${node.fullName} is called ${now.node.fullName} now`,
    consequence: "Code that uses it no longer compiles, and an Any that holds it is not understood.",
    remedy: undefined,
  };
}

/** A declaration that is new. */
export function declarationAdded({ kind, node }: Declaration): Change {
  return {
    kind: "safe",
    rule: `${kind}-added`,
    name: node.fullName,
    position: node.position,
    what: `${capital(kind)} ${node.fullName} is new`,
    consequence: undefined,
    remedy: undefined,
  };
}

/** An extension that extends something else, or by another number. */
export function extensionRenumbered(before: Extension, { number, extendee, position }: Extension): Change {
  return {
    kind: "wire",
    rule: "extension-number",
    name: before.fullName,
    position,
    what: `Extension ${before.number} "${before.fullName}" of ${before.extendee} is number ${number} of ${extendee} now`,
    consequence: "Old and new peers look for it in different places.",
    remedy: "Keep its number, or declare another extension.",
  };
}

/** A file that is gone; of what was in it, only services are told one by one. */
export function fileGone({ path }: SchemaFile): Change {
  return {
    kind: "source",
    rule: "file-deleted",
    name: path,
    position: { file: path, line: 1, column: 1 },
    what: `${path} is gone`,
    consequence: "Schemas that import it, and code that uses what is in it, no longer compile.",
    remedy: "Keep it until nobody uses it.",
  };
}

/** A file that is new; what is in it is not told one by one. */
export function fileAdded({ path }: SchemaFile): Change {
  return {
    kind: "safe",
    rule: "file-added",
    name: path,
    position: { file: path, line: 1, column: 1 },
    what: `${path} is new`,
    consequence: undefined,
    remedy: undefined,
  };
}

function capital(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}
