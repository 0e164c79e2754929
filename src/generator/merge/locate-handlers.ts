import type {
  ClassDeclaration,
  ClassExpression,
  Expression,
  ObjectLiteralExpression,
  SourceFile,
  Type,
} from "ts-morph";
import { Node, ts } from "./compiler.ts";

/** What implements a handler: the body of a class or of an object literal. */
export type HandlerBody = ClassDeclaration | ClassExpression | ObjectLiteralExpression;

export function isHandlerBody(node: Node | undefined): node is HandlerBody {
  return (
    Node.isClassDeclaration(node) || Node.isClassExpression(node) || Node.isObjectLiteralExpression(node)
  );
}

/**
 * Classes that say `implements XHandler`, and objects that are said to be one: `const x: XHandler = {}`,
 * `{} satisfies XHandler`, `function create(): XHandler { return {} }`.
 *
 * @param names what XHandler is called in this file
 */
export function declaredHandlers(source: SourceFile, names: readonly string[]): HandlerBody[] {
  const found = new Set<HandlerBody>();
  if (names.length === 0) return [];
  for (const node of source.getDescendants()) {
    if (Node.isExpressionWithTypeArguments(node)) {
      const parent = node.getParentOrThrow().getParent();
      const isImplements = Node.isHeritageClause(node.getParent()) && isClass(parent) && !isAmbient(parent);
      if (
        isImplements &&
        names.includes(node.getExpression().getText()) &&
        parent.getImplements().includes(node)
      )
        found.add(parent);
    } else if (Node.isTypeReference(node) && names.includes(node.getTypeName().getText())) {
      for (const body of typedAs(node)) found.add(body);
    }
  }
  return [...found];
}

/** `declare class`: its members have no bodies. */
function isAmbient(node: ClassDeclaration | ClassExpression): boolean {
  return Node.isClassDeclaration(node) && node.isAmbient();
}

function isClass(node: Node | undefined): node is ClassDeclaration | ClassExpression {
  return Node.isClassDeclaration(node) || Node.isClassExpression(node);
}

/** The object literals a type annotation is about. */
function typedAs(type: Node): HandlerBody[] {
  const parent = type.getParent();
  if (Node.isVariableDeclaration(parent) || Node.isPropertyDeclaration(parent))
    return objectsOf(parent.getInitializer());
  // `{} as XHandler` is no promise to be one.
  if (Node.isSatisfiesExpression(parent)) return objectsOf(parent.getExpression());
  if (Node.isArrowFunction(parent) && !Node.isBlock(parent.getBody())) {
    const body = parent.getBody();
    return Node.isExpression(body) ? objectsOf(body) : [];
  }
  if (Node.isFunctionLikeDeclaration(parent) || Node.isFunctionExpression(parent)) {
    return parent
      .getDescendants()
      .filter(Node.isReturnStatement)
      .filter((statement) => nearestFunction(statement) === parent)
      .flatMap((statement) => objectsOf(statement.getExpression()));
  }
  return [];
}

function nearestFunction(node: Node): Node | undefined {
  return node.getFirstAncestor(
    (ancestor) => Node.isFunctionLikeDeclaration(ancestor) || Node.isFunctionExpression(ancestor),
  );
}

function objectsOf(expression: Expression | undefined): HandlerBody[] {
  let inner: Node | undefined = expression;
  while (Node.isParenthesizedExpression(inner) || Node.isSatisfiesExpression(inner))
    inner = inner.getExpression();
  if (Node.isConditionalExpression(inner))
    return [...objectsOf(inner.getWhenTrue()), ...objectsOf(inner.getWhenFalse())];
  if (Node.isCallExpression(inner) && inner.getExpression().getText() === "Object.freeze") {
    const [frozen] = inner.getArguments();
    return Node.isExpression(frozen) ? objectsOf(frozen) : [];
  }
  return isHandlerBody(inner) ? [inner] : [];
}

/**
 * What `registerXHandler(server, ...)` is given in a file, followed by the type checker to the class or object literal.
 *
 * @param names what registerXHandler is called in this file
 * @param isKnown arguments that need not be followed, because where they lead is known
 */
export function registeredHandlers(
  source: SourceFile,
  names: readonly string[],
  isKnown: (argument: Node) => boolean = () => false,
): HandlerBody[] {
  if (names.length === 0) return [];
  return source
    .getDescendants()
    .filter(Node.isCallExpression)
    .filter((call) => names.includes(call.getExpression().getText()))
    .flatMap((call) => {
      const argument = call.getArguments()[1];
      return argument === undefined || isKnown(argument) ? [] : bodiesOf(argument.getType());
    });
}

/** The classes and object literals that values of a type are made of. */
export function bodiesOf(type: Type): HandlerBody[] {
  const types = type.isUnion() ? type.getUnionTypes() : [type];
  return types.flatMap((one) => (one.getSymbol()?.getDeclarations() ?? []).filter(isHandlerBody));
}

/** A member of a body by its name, without inherited ones; undefined for none. */
export function ownMember(body: HandlerBody, name: string): Node | undefined {
  const members: Node[] = Node.isObjectLiteralExpression(body)
    ? body.getProperties()
    : body.getMembers().filter((member) => !Node.isStaticable(member) || !member.isStatic());
  const direct = members.find((member) => nameOf(member) === name);
  if (direct !== undefined || Node.isObjectLiteralExpression(body)) return direct;
  return body
    .getConstructors()
    .flatMap((made) => made.getParameters())
    .find((parameter) => parameter.isParameterProperty() && parameter.getName() === name);
}

/** By the syntax alone: undefined for what has no name, such as a static block, and for names that are computed. */
function nameOf(member: Node): string | undefined {
  const name = nameNodeOf(member);
  if (name === undefined) return undefined;
  if (!ts.isComputedPropertyName(name)) return "text" in name ? name.text : undefined;
  return ts.isStringLiteralLike(name.expression) ? name.expression.text : undefined;
}

function nameNodeOf(member: Node) {
  return ts.getNameOfDeclaration(member.compilerNode as Parameters<typeof ts.getNameOfDeclaration>[0]);
}

/** The type of what handles calls. The type of a class expression itself is that of its constructor. */
export function instanceTypeOf(body: HandlerBody): Type {
  const type = body.getType();
  return Node.isClassExpression(body) ? (type.getConstructSignatures()[0]?.getReturnType() ?? type) : type;
}

/** Whether a body has a member, asked of the type checker: inherited, spread and merged ones count. */
export type Answer = "yes" | "no" | "unknown";

export function hasMember(body: HandlerBody, name: string): Answer {
  const type = instanceTypeOf(body);
  if (type.getProperty(name) !== undefined) return "yes";
  if (Node.isObjectLiteralExpression(body)) {
    const opaque = body
      .getProperties()
      .some((property) => Node.isSpreadAssignment(property) && property.getExpression().getType().isAny());
    return opaque || type.isAny() ? "unknown" : "no";
  }
  const base = body.getExtends();
  return base?.getExpression().getType().isAny() || type.getBaseTypes().some((one) => one.isAny())
    ? "unknown"
    : "no";
}

/** Whether only the type checker can tell what members a body has. */
export function needsChecker(body: HandlerBody): boolean {
  if (Node.isObjectLiteralExpression(body))
    return body.getProperties().some((property) => Node.isSpreadAssignment(property) || isOpaque(property));
  if (body.getExtends() !== undefined || body.getMembers().some(isOpaque)) return true;
  const name = body.getName();
  return name !== undefined && body.getSourceFile().getInterface(name) !== undefined;
}

/** A member named by an expression that is no literal: `[name]() {}`. */
function isOpaque(member: Node): boolean {
  const name = nameNodeOf(member);
  return name !== undefined && ts.isComputedPropertyName(name) && nameOf(member) === undefined;
}
