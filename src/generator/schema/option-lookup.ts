import type { Linked } from "./linked.ts";
import { OptionError } from "./option-error.ts";
import { suggest } from "./suggest.ts";
import { parentScope, type SchemaSymbol } from "./symbols.ts";
import type { FieldNode, FileNode, MessageNode } from "./syntax.ts";

/** A field that an option sets, and what the option is called in plain data: `deprecated`, `(google.api.http)`. */
export interface OptionTarget {
  readonly node: FieldNode;
  readonly key: string;
}

/** Finds what the names in options mean, or says what may have been meant. */
export interface OptionLookup {
  /**
   * @param isText it stands in braces: in the text format a group is named after its type
   * @throws OptionError `unknown-option`
   */
  field(typeName: string, name: string, at: number, isText: boolean): OptionTarget;
  /**
   * @param isText it stands in braces: there names are looked up from where the message they extend is declared
   * @throws OptionError `unknown-option`, `missing-import`
   */
  extension(typeName: string, name: string, at: number, isText: boolean): OptionTarget;
}

/** `scope` is the full name of what the options stand in. */
export function createOptionLookup(linked: Linked, file: FileNode, scope: string): OptionLookup {
  return { field: findField, extension: findExtension };

  function messageNode(typeName: string): MessageNode | undefined {
    const symbol = linked.symbols.get(typeName);
    return symbol?.kind === "message" ? symbol.node : undefined;
  }

  function findField(typeName: string, name: string, at: number, isText: boolean): OptionTarget {
    const message = messageNode(typeName);
    const found = message && linked.field(message, name);
    const node = isText || found?.name.text === name ? found : undefined;
    if (node !== undefined && !(typeName.endsWith("Options") && name === "uninterpreted_option")) {
      return { node, key: node.name.text };
    }
    const names = (message?.fields ?? [])
      .map((field) => field.name.text)
      .filter((known) => known !== "uninterpreted_option");
    const near = suggest(name, names, "");
    const isOptions = typeName.startsWith("google.protobuf.") && typeName.endsWith("Options");
    const what = isOptions ? `There is no option "${name}" here` : `"${typeName}" has no field "${name}"`;
    const fix =
      near === undefined
        ? isOptions
          ? "custom options stand in parentheses"
          : "check the spelling"
        : `did you mean "${near}"?`;
    throw new OptionError(at, "unknown-option", `${what}; ${fix}${fix.endsWith("?") ? "" : "."}`);
  }

  function findExtension(typeName: string, name: string, at: number, isText: boolean): OptionTarget {
    const start = isText ? parentScope(typeName) : scope;
    // As protoc: whatever has that name in the nearest scope hides the extensions of outer ones.
    const symbol = linked.resolve(name, start, file, () => true);
    // `(google.protobuf.MessageOptions.deprecated)` is `deprecated`.
    if (symbol?.kind === "field" && !isText && parentScope(symbol.fullName) === typeName)
      return { node: symbol.node, key: symbol.node.name.text };
    if (symbol?.kind !== "extension") {
      const candidates = [...linked.symbols.values()].filter((found) => extendeeOf(found) === typeName);
      const hidden = candidates.find((found) => found.fullName === name.replace(/^\./, ""));
      if (hidden !== undefined && !linked.visibleFrom(file).has(hidden.file)) {
        const message = `Option "(${name})" is declared in ${hidden.file.path}; add import "${hidden.file.path}" to this file.`;
        throw new OptionError(at, "missing-import", message);
      }
      const near = suggest(
        name,
        candidates.map((found) => found.fullName),
        file.package?.text ?? "",
      );
      if (symbol !== undefined) {
        const fix = near === undefined ? "write the option's full name" : `write "(.${near})"`;
        const message = `"(${name})" means the ${symbol.kind} "${symbol.fullName}" here; ${fix}.`;
        throw new OptionError(at, "unknown-option", message);
      }
      const fix = near === undefined ? importHint(name) : `did you mean "(${near})"?`;
      throw new OptionError(
        at,
        "unknown-option",
        `There is no option "(${name})"; ${fix}${near === undefined ? "." : ""}`,
      );
    }
    const extendee = extendeeOf(symbol);
    if (extendee !== typeName) {
      const message = `"(${name})" extends ${extendee ?? "something unknown"}, so it cannot be set here.`;
      throw new OptionError(at, "unknown-option", message);
    }
    return { node: symbol.node, key: `(${symbol.fullName})` };
  }

  function extendeeOf(symbol: SchemaSymbol): string | undefined {
    return symbol.kind === "extension" ? linked.extendee(symbol.node) : undefined;
  }
}

function importHint(name: string): string {
  return /^\.?google\.api\.http$/.test(name)
    ? 'add import "google/api/annotations.proto" to this file'
    : "import the file that declares it";
}
