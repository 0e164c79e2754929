import { memberAccess, propertyKey } from "../emit/naming.ts";
import type { AnswerPlan } from "./answer-plan.ts";

/** The object a starter answers with: `{ name: request.name, tags: request.tags }`, or `{}`. */
export function copyFields({ copied }: AnswerPlan, source: "request" | "last?", indent: string): string {
  if (copied.length === 0) return "{}";
  const items = copied.map(({ from, to }) => `${propertyKey(to)}: ${source}${memberAccess(from)}`);
  const line = `{ ${items.join(", ")} }`;
  if (line.length <= 80) return line;
  return `{\n${items.map((item) => `${indent}  ${item},\n`).join("")}${indent}}`;
}

/** An object of sample values: `{ name: "Ada", count: 1 }`, or `{}`. */
export function sampleObject({ samples }: AnswerPlan): string {
  if (samples.length === 0) return "{}";
  return `{ ${samples.map(({ from, code }) => `${propertyKey(from)}: ${code}`).join(", ")} }`;
}
