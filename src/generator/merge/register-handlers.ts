import { posix } from "node:path";
import type { CallExpression } from "ts-morph";
import { Node } from "./compiler.ts";
import type { HandlerShape, TypeRef } from "./handler-shape.ts";
import type { MergeNote } from "./merge-note.ts";
import { noteAt, type OpenFile, type OpenFiles } from "./open-file.ts";
import { indentAt, styleOf } from "./text-style.ts";

/** A handler that was just made and that nobody serves yet. */
export interface NewRegistration {
  readonly shape: HandlerShape;
  /** Its constructor takes a client of the service: it forwards. */
  readonly takesClient: boolean;
  readonly className: string;
  /** Its file, relative to the root: `srv/src/handler/till.ts`. */
  readonly file: string;
}

/** What registering needs to know of a service. */
export interface RegistrationPlace {
  readonly out: string;
  readonly main?: string;
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** A subscriber that was just made. */
export interface NewSubscription {
  readonly topic: string;
  /** The event's message. */
  readonly type: TypeRef;
  readonly functionName: string;
  /** Its file, relative to the root. */
  readonly file: string;
}

/**
 * Adds `registerXHandler(service.server, new X());` where the other registrations are, else behind the statement that
 * makes the service. Where neither is clear, tells what line to add.
 */
export function registerHandler(
  { shape, takesClient, className, file }: NewRegistration,
  files: OpenFiles,
  place: RegistrationPlace,
): MergeNote[] {
  const client = takesClient ? `${shape.createClient}(service.client, "name of its SRV")` : "";
  const advice = `${shape.fullName} is new; serve it: ${shape.register}(service.server, new ${className}(${client}))`;
  return addStatement(
    files,
    place,
    { advice, file, needsClient: takesClient },
    ({ imports }, spot, module) => {
      const made = takesClient
        ? `${imports.value(shape.module, shape.createClient)}(${spot.clientArguments})`
        : "";
      const instance = `new ${imports.value(module, className)}(${made})`;
      return `${imports.value(shape.module, shape.register)}(${spot.server}, ${instance})`;
    },
  );
}

/** Adds `service.server.subscribe("topic", Event, onEvent);` in the same place. */
export function registerSubscription(
  { topic, type, functionName, file }: NewSubscription,
  files: OpenFiles,
  place: RegistrationPlace,
): MergeNote[] {
  const call = `subscribe(${JSON.stringify(topic)}, ${type.name}, ${functionName})`;
  const advice = `${functionName} is new; subscribe it: service.server.${call}`;
  return addStatement(files, place, { advice, file, needsClient: false }, ({ imports }, spot, module) => {
    const names = `${imports.value(type.module, type.name)}, ${imports.value(module, functionName)}`;
    return `${spot.server}.subscribe(${JSON.stringify(topic)}, ${names})`;
  });
}

interface Addition {
  /** What to tell where there is no clear place. */
  readonly advice: string;
  /** The new file it refers to. */
  readonly file: string;
  readonly needsClient: boolean;
}

function addStatement(
  files: OpenFiles,
  { out, main, files: sources }: RegistrationPlace,
  { advice, file: newFile, needsClient }: Addition,
  print: (file: OpenFile, spot: Spot, module: string) => string,
): MergeNote[] {
  const mainContent = main === undefined ? undefined : sources.get(main);
  if (main !== undefined && mainContent !== undefined && !files.list().some(({ path }) => path === main))
    files.open(main, mainContent);
  const homes = files.list().filter((file) => registrationsIn(file).length > 0);
  const file =
    homes.find(({ path }) => path === main) ?? homes[0] ?? files.list().find(({ path }) => path === main);
  const spot = file === undefined ? undefined : spotIn(file, needsClient);
  if (file === undefined)
    return [{ path: main ?? newFile, line: 1, column: 1, message: advice, severity: "todo" }];
  if (spot === undefined) return [noteAt(file, file.source.getStatements().at(-1)?.getStart() ?? 0, advice)];
  const { newline } = styleOf(file.text);
  const module = `/${posix.relative(out, newFile).replace(/\.ts$/, "")}`;
  const code = print(file, spot, module);
  file.splices.push({ at: spot.at, insert: newline + spot.indent + code + spot.semicolon });
  return [];
}

interface Spot {
  readonly at: number;
  readonly indent: string;
  readonly semicolon: string;
  readonly server: string;
  /** What clients are made of: `service.client, "go.micro.srv.desk"`. */
  readonly clientArguments: string;
}

function spotIn(file: OpenFile, needsClient: boolean): Spot | undefined {
  const registrations = registrationsIn(file);
  const clients = [
    ...new Set(
      clientCalls(file).map((call) =>
        call
          .getArguments()
          .map((one) => one.getText())
          .join(", "),
      ),
    ),
  ];
  if (needsClient && clients.length !== 1) return undefined;
  const clientArguments = clients[0] ?? "";
  const last = registrations.at(-1);
  const statement = last?.getParent();
  if (last !== undefined && Node.isExpressionStatement(statement)) {
    const server = last.getArguments()[0]?.getText();
    return server === undefined ? undefined : { ...behind(statement, file.text), server, clientArguments };
  }
  if (last !== undefined) return undefined; // as a part of something else
  const made = file.source.getDescendants().filter((node): node is CallExpression => {
    return Node.isCallExpression(node) && isLocal(file, node, "createService");
  });
  const [only] = made;
  const declaration = only?.getFirstAncestor(Node.isVariableDeclaration);
  const list = declaration?.getVariableStatement();
  if (
    made.length !== 1 ||
    declaration === undefined ||
    list === undefined ||
    !Node.isIdentifier(declaration.getNameNode())
  )
    return undefined;
  return { ...behind(list, file.text), server: `${declaration.getName()}.server`, clientArguments };
}

/** Behind a statement, and the comment that ends its line. */
function behind(statement: Node, text: string): Pick<Spot, "at" | "indent" | "semicolon"> {
  const end = statement.getEnd();
  const comment = /^[ \t]*(\/\/[^\r\n]*)?(?=\r?\n|$)/.exec(text.slice(end))?.[0] ?? "";
  return {
    at: end + comment.length,
    indent: indentAt(text, statement.getStart()),
    semicolon: text[end - 1] === ";" ? ";" : "",
  };
}

/** Calls of generated `registerXHandler` functions, whatever they are called here. */
function registrationsIn(file: OpenFile): CallExpression[] {
  return generatedCalls(file, /^register.+Handler\$*$/);
}

function clientCalls(file: OpenFile): CallExpression[] {
  return generatedCalls(file, /^create.+Client\$*$/);
}

function generatedCalls(file: OpenFile, name: RegExp): CallExpression[] {
  const locals = new Set(
    file.source
      .getImportDeclarations()
      .filter((line) => /\.service(\.[jt]s)?$/.test(line.getModuleSpecifierValue()))
      .flatMap((line) => line.getNamedImports())
      .filter((item) => name.test(item.getName()))
      .map((item) => item.getAliasNode()?.getText() ?? item.getName()),
  );
  return file.source
    .getDescendants()
    .filter(Node.isCallExpression)
    .filter((call) => locals.has(call.getExpression().getText()));
}

function isLocal(file: OpenFile, call: CallExpression, name: string): boolean {
  return file.imports.localsOf("@micro-service/runtime", name).includes(call.getExpression().getText());
}
