import type { Method, Schema } from "./schema.ts";

/**
 * Full names of all messages and enums that the methods need: what they take and give, and what these are made of.
 * Extensions are nobody's part until somebody reads them.
 */
export function reachableTypes(
  { messages }: Pick<Schema, "messages">,
  methods: readonly Pick<Method, "input" | "output">[],
): Set<string> {
  const found = new Set(methods.flatMap(({ input, output }) => [input, output]));
  // The set grows while it is walked.
  for (const name of found)
    for (const { type } of messages.get(name)?.fields ?? [])
      if (type.kind !== "scalar") found.add(type.typeName);
  return found;
}
