import type { JsonValue } from "../../message-type.ts";
import { readJsonInt32, readJsonInt64 } from "../read.ts";

type TimeObject = { readonly seconds?: JsonValue; readonly nanos?: JsonValue };

export function isTimeObject(json: JsonValue): json is TimeObject {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}

/** `{"seconds":5,"nanos":500}`, as Go's `encoding/json` writes a Timestamp or Duration; what is zero is left out. */
export function readTimeObject({ seconds = 0, nanos = 0 }: TimeObject): { seconds: bigint; nanos: number } {
  return { seconds: readJsonInt64(seconds), nanos: readJsonInt32(nanos) };
}
