import type { JsonValue } from "@micro-service/runtime/protobuf";
import type { JsonObject } from "./typed-json.ts";

/**
 * One object out of several, later ones winning; objects in the same place are merged, everything else is replaced.
 * Inputs stay as they are.
 */
export function mergeJson(...layers: readonly JsonObject[]): JsonObject {
  const result = Object.create(null) as JsonObject;
  for (const layer of layers) {
    for (const [key, value] of Object.entries(layer)) {
      const before = result[key];
      result[key] = isObject(before) && isObject(value) ? mergeJson(before, value) : value;
    }
  }
  return result;
}

export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
