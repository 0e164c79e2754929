// Ways to bring a handler in step with a changed schema. Each gets the user's files and answers with theirs.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Node, Project, ts } from "ts-morph";

const path = "handler/desk.ts";

/** What most generators do: the file is theirs. */
const overwrite = ({ user, fresh }) => ({ ...user, [path]: fresh });

/** What careful ones do: a file that is there is not touched. */
const skip = ({ user }) => user;

/** copier, git: the starter of then and the one of now, merged into the user's by lines. */
function threeWay({ user, starter, fresh }) {
  const folder = mkdtempSync(join(tmpdir(), "merge-"));
  try {
    const [mine, base, theirs] = ["mine", "base", "theirs"].map((name) => join(folder, name));
    writeFileSync(mine, user[path]);
    writeFileSync(base, starter);
    writeFileSync(theirs, fresh);
    let merged;
    try {
      merged = execFileSync("git", ["merge-file", "-p", mine, base, theirs], {
        encoding: "utf8",
        stdio: "pipe",
      });
    } catch (error) {
      merged = error.stdout; // as many conflicts as its exit code says
    }
    return { ...user, [path]: merged };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** ts-morph finds the places and writes, told of the same names as ours. */
function writer({ user, generatedBefore, change, members }) {
  const project = new Project({
    useInMemoryFileSystem: true,
    compilerOptions: {
      allowImportingTsExtensions: true,
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      strict: true,
    },
    manipulationSettings: { indentationText: "  ", useTrailingCommas: true },
  });
  for (const [name, text] of Object.entries(generatedBefore)) project.createSourceFile(`/gen/${name}`, text);
  for (const [name, text] of Object.entries(user)) project.createSourceFile(`/${name}`, text);
  const types = project.getSourceFileOrThrow("/gen/desk.ts");
  const services = project.getSourceFileOrThrow("/gen/desk.service.ts");
  let handlerName = "DeskHandler";
  for (const rename of change.renames ?? []) {
    const [from, to] = rename.split("=");
    const property = services.getInterface("DeskHandler")?.getMethod(from.toLowerCase());
    if (property !== undefined) property.rename(to.toLowerCase());
    types.getInterface(from)?.rename(to);
    if (from === "Desk") {
      handlerName = `${to}Handler`;
      services.getInterface("DeskHandler").rename(handlerName);
      services.getFunction("registerDeskHandler").rename(`register${handlerName}`);
    }
  }
  if (change.name === "schema moved to another file") {
    types.move("/gen/shop/counter.ts");
    services.move("/gen/shop/counter.service.ts");
  }
  const source = project.getSourceFileOrThrow(`/${path}`);
  for (const body of handlersIn(source, handlerName)) {
    const type = Node.isClassDeclaration(body) ? body.getType() : body.getType();
    for (const { property, stream } of members) {
      if (type.getProperty(property) !== undefined) continue;
      const method = {
        name: property,
        parameters: [{ name: "_request", type: "Ask" }],
        returnType: stream ? "AsyncIterable<MessageInit<Told>>" : "Promise<MessageInit<Told>>",
        statements: 'throw new Error("not written yet");',
      };
      body.addMethod(method);
      if (
        !source
          .getImportDeclarations()
          .some((line) => line.getNamedImports().some((item) => item.getName() === "MessageInit"))
      )
        source.addImportDeclaration({
          isTypeOnly: true,
          namedImports: ["MessageInit"],
          moduleSpecifier: "@micro-service/runtime",
        });
      for (const name of ["Ask", "Told"]) {
        const line = source.getImportDeclaration((one) =>
          /gen\/desk(\.ts)?$/.test(one.getModuleSpecifierValue()),
        );
        if (line === undefined)
          source.addImportDeclaration({
            isTypeOnly: true,
            namedImports: [name],
            moduleSpecifier: "../gen/desk.ts",
          });
        else if (
          line.getNamespaceImport() === undefined &&
          !line.getNamedImports().some((item) => item.getName() === name)
        )
          line.addNamedImport(name);
      }
    }
  }
  return Object.fromEntries(
    Object.keys(user).map((name) => [name, project.getSourceFileOrThrow(`/${name}`).getFullText()]),
  );
}

function handlersIn(source, name) {
  const classes = source
    .getClasses()
    .filter((one) =>
      one.getImplements().some((type) => type.getText() === name || type.getType().getText().endsWith(name)),
    );
  const objects = source
    .getDescendants()
    .filter(Node.isObjectLiteralExpression)
    .filter((one) => {
      const parent = one.getParent();
      if (Node.isSatisfiesExpression(parent)) return parent.getTypeNode().getText() === name;
      if (Node.isVariableDeclaration(parent)) return parent.getTypeNode()?.getText() === name;
      return (
        Node.isParenthesizedExpression(parent) &&
        Node.isArrowFunction(parent.getParent()) &&
        parent.getParent().getReturnTypeNode()?.getText() === name
      );
    });
  return [...classes, ...objects];
}

export const strategies = [
  { name: "overwrite", who: "most generators", run: overwrite },
  { name: "skip what is there", who: "goctl, kratos", run: skip },
  { name: "three-way text merge", who: "copier, `git merge-file`", run: threeWay },
  { name: "syntax tree, printed by ts-morph", who: "code mods", run: writer },
];
