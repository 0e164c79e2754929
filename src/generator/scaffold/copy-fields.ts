import type { AnswerPlan } from "./answer-plan.ts";
import { propertyName } from "./generated-code.ts";

/** The object a starter answers with: `{ name: request.name, tags: request.tags }`, or `{}`. */
export function copyFields({ copied }: AnswerPlan, from: string, indent: string): string {
  if (copied.length === 0) return "{}";
  const items = copied.map(({ name }) => `${propertyName(name)}: ${from}${propertyName(name)}`);
  const line = `{ ${items.join(", ")} }`;
  if (line.length <= 80) return line;
  return `{\n${items.map((item) => `${indent}  ${item},\n`).join("")}${indent}}`;
}

/** An object of sample values: `{ name: "Ada", count: 1 }`, or `{}`. */
export function sampleObject(samples: AnswerPlan["samples"]): string {
  if (samples.length === 0) return "{}";
  return `{ ${samples.map(({ field, code }) => `${propertyName(field.name)}: ${code}`).join(", ")} }`;
}
