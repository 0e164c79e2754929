import { knownEditions } from "./editions.ts";
import { parseEnum } from "./parse-enum.ts";
import type { Scope } from "./parse-field.ts";
import { parseExtend, parseMessage } from "./parse-message.ts";
import { parseOptionStatement } from "./parse-options.ts";
import { parseService } from "./parse-service.ts";
import { lineStartsOf } from "./position.ts";
import type { ScanError } from "./scan.ts";
import { meantStatement } from "./slips.ts";
import type { FileNode, ImportNode } from "./syntax.ts";
import type { TokenReader } from "./token-reader.ts";
import { createTokenReader, fileComment } from "./token-reader.ts";

/** Limits of protoc. No package of googleapis has more than ten parts. */
const maxPackageParts = 101;
const maxPackageLength = 511;

const topLevelWords: readonly string[] = [
  "syntax",
  "edition",
  "package",
  "import",
  "option",
  "message",
  "enum",
  "service",
  "extend",
];

/** Reads one .proto text. Goes on after a mistake, so `errors` holds all of them and the tree what could be read. */
export function parseFile(
  path: string,
  text: string,
  origin: FileNode["origin"],
): { file: FileNode; errors: ScanError[]; hasLostNames: boolean } {
  const reader = createTokenReader(text);
  const first = reader.peek();
  const file: FileNode = {
    path,
    origin,
    isCompiled: false,
    text,
    lineStarts: lineStartsOf(text),
    edition: "proto2",
    editionAt: first.at,
    package: undefined,
    leadingComment: fileComment(text, first),
    imports: [],
    options: [],
    messages: [],
    enums: [],
    services: [],
    extends: [],
  };
  let isFirst = true;
  reader.run(() => {
    while (reader.peek().kind !== "end") {
      reader.recover(() => {
        // Set before the statement is read: a broken `syntax` line still was the first one.
        const wasFirst = isFirst;
        isFirst = false;
        parseStatement(reader, file, wasFirst);
      });
    }
  });
  return { file, errors: reader.errors, hasLostNames: reader.hasLostNames() };
}

function parseStatement(reader: TokenReader, file: FileNode, isFirst: boolean): void {
  const token = reader.peek();
  if (token.kind !== "name" && !reader.at(";")) unknownStatement(reader);
  switch (token.text) {
    case ";":
      reader.next();
      return;
    case "syntax":
    case "edition":
      parseEdition(reader, file, isFirst);
      return;
    case "package":
      parsePackage(reader, file);
      return;
    case "import":
      parseImport(reader, file);
      return;
    case "option":
      reader.next();
      parseOptionStatement(reader, file.options);
      return;
    case "message":
    case "export":
    case "local":
      if (token.text !== "message" && reader.peek(1).text === "enum") {
        file.enums.push(parseEnum(reader, file.edition));
      } else {
        file.messages.push(parseMessage(reader, scopeOf(file)));
      }
      return;
    case "enum":
      file.enums.push(parseEnum(reader, file.edition));
      return;
    case "service":
      file.services.push(parseService(reader));
      return;
    case "extend":
      parseExtend(reader, scopeOf(file), file);
      return;
    default:
      unknownStatement(reader);
  }
}

function scopeOf(file: FileNode): Scope {
  return { edition: file.edition, isDeclared: isDeclared(file) || file.edition !== "proto2", depth: 0 };
}

function unknownStatement(reader: TokenReader): never {
  const token = reader.peek();
  if (token.text === "}") return reader.fail(`This "}" closes nothing; remove it.`);
  if (token.text === "rpc")
    return reader.fail(`An rpc stands inside a service; put "service Name {" around it.`);
  const found = token.kind === "string" ? "a string" : `"${token.text}"`;
  const near = token.kind === "name" ? meantStatement(token.text, topLevelWords) : undefined;
  if (near !== undefined) return reader.fail(`"${token.text}" begins no statement; did you mean "${near}"?`);
  return reader.fail(
    `Expected "message", "enum", "service", "import", "option" or "extend", found ${found}.`,
  );
}

function parseEdition(reader: TokenReader, file: FileNode, isFirst: boolean): void {
  const keyword = reader.next();
  reader.expect("=", `after "${keyword.text}"`);
  // Read on as what is meant, or every field would be told to lack a label.
  if (isFirst || !isDeclared(file)) file.edition = meantEdition(keyword.text, reader.peek().text);
  const value = reader.string(keyword.text === "syntax" ? `"proto3"` : `an edition such as "2023"`);
  reader.expect(";", `after the ${keyword.text}`);
  if (!isFirst && isDeclared(file)) {
    reader.fail("A file says its syntax or edition once; remove the second one.", keyword.at);
  }
  if (!isFirst)
    reader.fail(`"${keyword.text}" must be the first statement of the file; move it up.`, keyword.at);
  if (keyword.text === "syntax" && value.text !== "proto2" && value.text !== "proto3") {
    reader.fail(`There is no syntax "${value.text}"; write "proto3" or "proto2".`, value.at);
  }
  if (keyword.text === "edition" && !knownEditions.includes(value.text)) {
    const known = knownEditions.join(", ");
    reader.fail(`Edition "${value.text}" is not known here; use one of ${known}.`, value.at);
  }
  file.edition = value.text;
  file.editionAt = value.at;
}

function meantEdition(keyword: string, written: string): string {
  if (keyword === "syntax") return written === "proto2" ? "proto2" : "proto3";
  return knownEditions.includes(written) ? written : knownEditions.at(-1)!;
}

/** Has there been a line with the syntax or edition? */
function isDeclared(file: FileNode): boolean {
  return file.text.startsWith('"', file.editionAt) || file.text.startsWith("'", file.editionAt);
}

function parsePackage(reader: TokenReader, file: FileNode): void {
  const keyword = reader.next();
  const name = reader.fullName("the package's name");
  reader.expect(";", "after the package");
  if (file.package !== undefined) reader.fail("A file has one package; remove the second one.", keyword.at);
  // Whoever looks a name up asks every one of them.
  if (name.text.split(".").length > maxPackageParts)
    reader.fail(`A package's name has at most ${maxPackageParts} parts.`, name.at);
  if (name.text.length > maxPackageLength)
    reader.fail(`A package's name has at most ${maxPackageLength} characters.`, name.at);
  file.package = name;
}

function parseImport(reader: TokenReader, file: FileNode): void {
  reader.next();
  let kind: ImportNode["kind"] = "plain";
  const word = reader.peek();
  if (word.kind === "name") {
    if (
      word.text === "public" ||
      word.text === "weak" ||
      (word.text === "option" && file.edition >= "2024" && file.edition < "p")
    ) {
      kind = word.text as ImportNode["kind"];
      reader.next();
    }
  }
  const path = reader.string("the path to import");
  reader.expect(";", "after the import");
  file.imports.push({ path: path.text, at: path.at, kind });
}
