import type { Type } from "ts-morph";
import type { Method } from "../schema/schema.ts";
import { Node } from "./compiler.ts";

/**
 * Whether a member already takes and gives streams where an rpc of another kind than before does. What a parameter takes
 * that says nothing is what the rpc took before.
 */
export function isOfKind(member: Node, now: Pick<Method, "kind">, before: Pick<Method, "kind">): boolean {
  const [signature] = member.getType().getCallSignatures();
  if (signature === undefined) return false;
  const given = signature.getReturnType();
  if (given.isAny() || isStream(given) !== streams(now).gives) return false;
  const declaration = signature.getParameters()[0]?.getValueDeclaration();
  const isTyped = Node.isParameterDeclaration(declaration) && declaration.getTypeNode() !== undefined;
  const takes = isTyped ? isStream(declaration.getType()) : streams(before).takes;
  return takes === streams(now).takes;
}

function streams({ kind }: Pick<Method, "kind">) {
  return {
    takes: kind === "clientStream" || kind === "bidiStream",
    gives: kind === "serverStream" || kind === "bidiStream",
  };
}

function isStream(type: Type): boolean {
  return type.getProperties().some((property) => property.getName().startsWith("__@asyncIterator"));
}
