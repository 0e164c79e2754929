import type { Method, Schema } from "../schema/index.ts";
import { sampleFields } from "./answer-plan.ts";

/** A request for a first call as proto3 JSON: the first plain fields, `{"name": "Ada"}`, or `{}`. */
export function sampleRequest(schema: Schema, method: Method): Record<string, string | number | boolean> {
  const samples = sampleFields(schema, method.input).slice(0, 2);
  return Object.fromEntries(samples.map(({ field, json }) => [field.jsonName, json]));
}
