import { reachableTypes } from "./reachable-types.ts";
import type { Message, Schema, SchemaFile, ServiceDef } from "./schema.ts";

/** What of a schema is wanted: services by full name, of each all methods or those named. */
export type Selection = ReadonlyMap<string, readonly string[] | "all">;

/**
 * A schema with the chosen services alone and the types they need; extensions are left out. What is asked for are then
 * the files that have some of it. `descriptorSet` stays whole.
 *
 * @returns the names that are not there, `greeter.Greeter.Nope`, instead of a schema
 */
export function selectServices(
  schema: Schema,
  selection: Selection,
): Schema | { readonly missing: string[] } {
  const missing: string[] = [];
  const services = new Map<string, ServiceDef>();
  for (const service of schema.files.flatMap((file) => file.services))
    services.set(service.fullName, service);
  const chosen = new Map<string, ServiceDef>();
  for (const [name, names] of selection) {
    const service = services.get(name);
    if (service === undefined) missing.push(name);
    else {
      const unknown =
        names === "all" ? [] : names.filter((one) => !service.methods.some((method) => method.name === one));
      missing.push(...unknown.map((one) => `${name}.${one}`));
      const methods = service.methods.filter((method) => names === "all" || names.includes(method.name));
      chosen.set(name, { ...service, methods });
    }
  }
  if (missing.length > 0) return { missing };

  const needed = reachableTypes(
    schema,
    [...chosen.values()].flatMap(({ methods }) => methods),
  );
  const isNeeded = (message: Message): boolean =>
    needed.has(message.fullName) ||
    message.messages.some(isNeeded) ||
    message.enums.some(({ fullName }) => needed.has(fullName));
  /** A message that only holds needed ones stays, for their names' sake. */
  const trimmed = (message: Message): Message => ({
    ...message,
    messages: message.messages.filter(isNeeded).map(trimmed),
    enums: message.enums.filter(({ fullName }) => needed.has(fullName)),
    extensions: [],
  });
  const files = schema.files.map((file): SchemaFile => {
    const messages = file.messages.filter(isNeeded).map(trimmed);
    const enums = file.enums.filter(({ fullName }) => needed.has(fullName));
    const own = file.services.flatMap(({ fullName }) => chosen.get(fullName) ?? []);
    const isEmpty = messages.length + enums.length + own.length === 0;
    const origin = file.origin === "asked" && isEmpty ? "import" : file.origin;
    return { ...file, origin, messages, enums, services: own, extensions: [] };
  });
  const keep = <T>(map: ReadonlyMap<string, T>) => new Map([...map].filter(([name]) => needed.has(name)));
  return {
    ...schema,
    files,
    messages: keepParents(schema, files),
    enums: keep(schema.enums),
    extensions: new Map(),
  };
}

function keepParents(schema: Schema, files: readonly SchemaFile[]): Map<string, Message> {
  const all = (messages: readonly Message[]): Message[] =>
    messages.flatMap((message) => [message, ...all(message.messages)]);
  const kept = new Map(
    files.flatMap((file) => all(file.messages)).map((message) => [message.fullName, message]),
  );
  // In the schema's own order.
  return new Map(
    [...schema.messages.keys()].flatMap((name) =>
      kept.has(name) ? [[name, kept.get(name) as Message]] : [],
    ),
  );
}
