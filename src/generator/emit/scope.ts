import type { Enum, Extension, Message, Position, Schema, SchemaFile, ServiceDef } from "../schema/schema.ts";
import { serviceDigest } from "../schema/service-digest.ts";
import { cyclicMessages } from "./cyclic-messages.ts";
import { type Slot, slotsOf } from "./field-plan.ts";
import { createNameOrder } from "./name-order.ts";
import { createNamer, enumValueNames, fieldName, lowerFirst, safeIdentifier, upperFirst } from "./naming.ts";
import { outputStem } from "./output-path.ts";

const RUNTIME = "@micro-service/runtime";

/** Files of google/protobuf that the runtime has, and the entry points for people and for generated codecs. */
const IN_RUNTIME: ReadonlyMap<string, { readonly types: string; readonly codec: string }> = new Map(
  [
    ...["any", "duration", "empty", "field_mask", "struct", "timestamp", "wrappers"].map(
      (name) => [name, { types: `${RUNTIME}/protobuf`, codec: `${RUNTIME}/protobuf/codec` }] as const,
    ),
    [
      "descriptor",
      { types: `${RUNTIME}/protobuf/descriptor`, codec: `${RUNTIME}/protobuf/descriptor` },
    ] as const,
  ].map(([name, modules]) => [`google/protobuf/${name}.proto`, modules] as const),
);

/** Where generated code finds what it calls. */
export interface RuntimeModules {
  /** Types for people: MessageType, errors, well-known types. */
  readonly protobuf: string;
  /** Helpers of generated codecs. */
  readonly codec: string;
  /** Client, CallOptions. */
  readonly client: string;
  readonly server: string;
  readonly context: string;
  /** Module that has the JSON functions of a message instead of generated ones. */
  handWrittenJson(fullName: string): string | undefined;
}

const DEFAULT_RUNTIME: RuntimeModules = {
  protobuf: `${RUNTIME}/protobuf`,
  codec: `${RUNTIME}/protobuf/codec`,
  client: RUNTIME,
  server: RUNTIME,
  context: RUNTIME,
  handWrittenJson: () => undefined,
};

/** A message or enum as the emitter sees it. */
export interface NamedType {
  /** Its name in TypeScript, `Outer_Inner`. */
  readonly name: string;
  /** Start of lower-case names made from it, `outer_Inner`; distinct within the file. */
  readonly lowerName: string;
  /** Module with its type and constant. A leading slash marks one of ours, without extension. */
  readonly typesModule: string;
  /** Module with its codec functions. */
  readonly codecModule: string;
  /** Names of these functions. */
  readonly functions: CodecFunctions;
}

/** Of a message; nobody asks for those of an enum. */
export interface CodecFunctions {
  readonly create: string;
  readonly encode: string;
  readonly decode: string;
  readonly writeJson: string;
  readonly readJson: string;
}

function functionsOf(name: string): CodecFunctions {
  return {
    create: `create${name}`,
    encode: `encode${name}`,
    decode: `decode${name}`,
    writeJson: `write${name}Json`,
    readJson: `read${name}Json`,
  };
}

/** Names of everything in a schema, known before any text is written. */
export interface Scope {
  readonly schema: Schema;
  readonly runtime: RuntimeModules;
  /** Files to write code for, sorted by path. */
  readonly files: readonly SchemaFile[];
  named(fullName: string): NamedType;
  /** Name of an extension's constant. What holds its value is `named` by its JSON name, `[full.name]`. */
  extensionName(fullName: string): string;
  /** Messages and enums of a file in declaration order, nested ones behind the message they are in. */
  declarations(file: SchemaFile): readonly (Message | Enum)[];
  /** Extensions of a file, those inside of messages behind the others. */
  extensions(file: SchemaFile): readonly Extension[];
  /** True for messages that can contain themselves. */
  isCyclic(message: Message): boolean;
  /** The properties of a message; asked for by every function that is printed for it. */
  slots(message: Message): readonly Slot[];
  /** Names of an enum's values in TypeScript, by those in the .proto. */
  enumNames(declared: Enum): ReadonlyMap<string, string>;
  /** By which a service tells its versions apart. */
  digest(service: ServiceDef): string;
  /** What imported names are sorted by. */
  orderOf(name: string): string;
}

export function isMessage(declaration: Message | Enum): declaration is Message {
  return "fields" in declaration;
}

/** @param own paths of google/protobuf to write although the runtime has them: the runtime is made this way. */
export function createScope(
  schema: Schema,
  runtime: RuntimeModules = DEFAULT_RUNTIME,
  own: (path: string) => boolean = () => false,
): Scope {
  const types = new Map<string, NamedType>();
  const declarations = new Map<SchemaFile, readonly (Message | Enum)[]>();
  const cyclic = cyclicMessages(schema);
  const extensionNames = new Map<string, string>();
  const slots = new Map<Message, readonly Slot[]>();
  const typeTexts = new Map<string, string>();
  const enumNames = new Map<Enum, ReadonlyMap<string, string>>();
  const extensions = new Map(schema.files.map((file) => [file, extensionsOf(file)]));
  for (const file of schema.files) {
    const inRuntime = own(file.path) ? undefined : IN_RUNTIME.get(file.path);
    const stem = inRuntime === undefined ? `/${safeStem(file)}` : "";
    const codecModule = `${stem}.codec`;
    const namer = createNamer();
    const lowerNamer = createNamer();
    const declared = declarationsOf(file);
    declarations.set(file, declared);
    for (const declaration of declared) {
      const local = declaration.fullName.slice(file.package === "" ? 0 : file.package.length + 1);
      const name = namer(safeIdentifier(local.replaceAll(".", "_")));
      types.set(declaration.fullName, {
        name,
        lowerName: lowerNamer(lowerFirst(name)),
        typesModule: inRuntime?.types ?? stem,
        codecModule: inRuntime?.codec ?? codecModule,
        functions: functionsOf(name),
      });
    }
    for (const { fullName, name, parent, jsonName } of extensions.get(file)!) {
      const local = safeIdentifier(fieldName(name));
      const constant = namer(parent === undefined ? local : `${types.get(parent)?.name}_${local}`);
      const record = namer(`${upperFirst(constant)}Record`);
      extensionNames.set(fullName, constant);
      types.set(jsonName, {
        name: record,
        lowerName: lowerNamer(lowerFirst(record)),
        typesModule: codecModule,
        codecModule,
        functions: functionsOf(record),
      });
    }
  }
  return {
    schema,
    runtime,
    files: filesToWrite(
      schema,
      (path) => !own(path) && IN_RUNTIME.has(path),
      (file) => typeNamesIn(file, declarations.get(file)!, extensions.get(file)!),
    ),
    named(fullName) {
      const type = types.get(fullName);
      if (type === undefined) throw new Error(`type ${fullName} is not in the schema`);
      return type;
    },
    extensionName: (fullName) => extensionNames.get(fullName) ?? fullName,
    declarations: (file) => declarations.get(file) ?? declarationsOf(file),
    extensions: (file) => extensions.get(file) ?? extensionsOf(file),
    isCyclic: (message) => cyclic.has(message.fullName),
    slots(message) {
      let known = slots.get(message);
      if (known === undefined) {
        known = slotsOf(message);
        slots.set(message, known);
      }
      return known;
    },
    enumNames(declared) {
      let known = enumNames.get(declared);
      if (known === undefined) {
        const values = declared.values.map(({ name }) => name);
        const names = enumValueNames(declared.name, values);
        known = new Map(values.map((value, index) => [value, names[index] as string]));
        enumNames.set(declared, known);
      }
      return known;
    },
    digest: (service) => serviceDigest(schema, service, typeTexts),
    orderOf: createNameOrder(),
  };
}

/** Bundled files that nobody generates may have any path. */
function safeStem(file: SchemaFile): string {
  return file.origin === "bundled" ? file.path.replace(/\.proto$/, "") : outputStem(file.path);
}

function before(a: { position: Position }, b: { position: Position }): number {
  return a.position.line - b.position.line || a.position.column - b.position.column;
}

function declarationsOf(file: Pick<Message, "messages" | "enums">): (Message | Enum)[] {
  const declared: (Message | Enum)[] = [];
  const add = (node: Pick<Message, "messages" | "enums">): void => {
    for (const declaration of [...node.messages, ...node.enums].sort(before)) {
      declared.push(declaration);
      if (isMessage(declaration) && declaration.messages.length + declaration.enums.length > 0)
        add(declaration);
    }
  };
  add(file);
  return declared;
}

function extensionsOf(file: Pick<Message, "messages" | "extensions">): Extension[] {
  const found: Extension[] = [];
  const add = (node: Pick<Message, "messages" | "extensions">): void => {
    for (const extension of node.extensions) found.push(extension);
    for (const message of node.messages) add(message);
  };
  add(file);
  return found;
}

function typeNamesIn(
  file: SchemaFile,
  declarations: readonly (Message | Enum)[],
  extensions: readonly Extension[],
): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { extendee, type } of extensions) {
    names.add(extendee);
    if (type.kind !== "scalar") names.add(type.typeName);
  }
  for (const declaration of declarations) {
    if (!isMessage(declaration)) continue;
    for (const { type } of declaration.fields) if (type.kind !== "scalar") names.add(type.typeName);
  }
  for (const { methods } of file.services)
    for (const { input, output } of methods) names.add(input).add(output);
  return names;
}

/** The files asked for and all that their types refer to, without what the runtime has. */
function filesToWrite(
  schema: Schema,
  inRuntime: (path: string) => boolean,
  typeNames: (file: SchemaFile) => Iterable<string>,
): SchemaFile[] {
  const byPath = new Map(schema.files.map((file) => [file.path, file]));
  const wanted = new Set<SchemaFile>();
  const add = (file: SchemaFile | undefined): void => {
    if (file !== undefined && !inRuntime(file.path)) wanted.add(file);
  };
  for (const file of schema.files) if (file.origin === "asked") add(file);
  // The set grows while it is walked.
  for (const file of wanted)
    for (const name of typeNames(file))
      add(byPath.get((schema.messages.get(name) ?? schema.enums.get(name))?.file ?? ""));
  return [...wanted].sort((a, b) => (a.path < b.path ? -1 : 1));
}
