import {
  type DescriptorProto,
  type EnumDescriptorProto,
  type FieldDescriptorProto,
  FileDescriptorProto,
  FileDescriptorSet,
} from "../../protobuf/descriptor.ts";

/** Where things are declared in a set of schemas. */
export interface SchemaIndex {
  /** A file and all that it imports, encoded, the file itself first; undefined when there is none. */
  file(path: string): Uint8Array[] | undefined;
  /** Path of the file that declares `greeter.Greeter.Hello`, be it a type, a member, a method or an extension. */
  declaring(symbol: string): string | undefined;
  /** Path of the file that extends a message with this field. */
  extending(typeName: string, number: number): string | undefined;
  /** Sorted; undefined for a message nobody declares. */
  extensionNumbers(typeName: string): number[] | undefined;
}

/**
 * Looks through encoded FileDescriptorSets. A file of a later set is left out when an earlier one has its path, or
 * declares anything of it: two meanings of one name would break every tool.
 */
export function createSchemaIndex(sets: readonly Uint8Array[]): SchemaIndex {
  const files = new Map<string, FileDescriptorProto>();
  const symbols = new Map<string, string>();
  const extensions = new Map<string, Map<number, string>>();

  for (const set of sets) {
    const found = FileDescriptorSet.decode(set).file.map((file) => ({
      file,
      declared: declarationsOf(file),
    }));
    const added = found.filter(
      ({ file, declared }) =>
        !files.has(file.name ?? "") && !declared.symbols.some((name) => symbols.has(name)),
    );
    for (const { file, declared } of added) {
      const path = file.name ?? "";
      files.set(path, file);
      for (const symbol of declared.symbols) symbols.set(symbol, path);
      for (const { extendee, number } of declared.extensions) {
        const known = extensions.get(extendee) ?? new Map<number, string>();
        extensions.set(extendee, known.set(number, path));
      }
    }
  }

  return {
    file(path) {
      const wanted = new Set(files.has(path) ? [path] : []);
      // The set grows while it is walked.
      for (const name of wanted)
        for (const imported of files.get(name)?.dependency ?? [])
          if (files.has(imported)) wanted.add(imported);
      if (wanted.size === 0) return undefined;
      return [...wanted].map((name) => FileDescriptorProto.encode(files.get(name) as FileDescriptorProto));
    },
    declaring: (symbol) => symbols.get(symbol),
    extending: (typeName, number) => extensions.get(typeName)?.get(number),
    extensionNumbers(typeName) {
      const numbers = [...(extensions.get(typeName)?.keys() ?? [])];
      return numbers.length > 0 || symbols.has(typeName) ? numbers.sort((a, b) => a - b) : undefined;
    },
  };
}

interface Declarations {
  /** Full names. */
  readonly symbols: string[];
  readonly extensions: { readonly extendee: string; readonly number: number }[];
}

function declarationsOf(file: FileDescriptorProto): Declarations {
  const declared: Declarations = { symbols: [], extensions: [] };
  const scope = file.package ?? "";
  for (const message of file.messageType) addMessage(declared, message, scope);
  for (const declaration of file.enumType) addEnum(declared, declaration, scope);
  addExtensions(declared, file.extension, scope);
  for (const service of file.service) {
    const name = within(scope, service.name);
    declared.symbols.push(name, ...service.method.map((method) => within(name, method.name)));
  }
  return declared;
}

function addMessage(declared: Declarations, message: DescriptorProto, scope: string): void {
  const name = within(scope, message.name);
  declared.symbols.push(name);
  for (const member of [...message.field, ...message.oneofDecl])
    declared.symbols.push(within(name, member.name));
  for (const nested of message.nestedType) addMessage(declared, nested, name);
  for (const nested of message.enumType) addEnum(declared, nested, name);
  addExtensions(declared, message.extension, name);
}

/** Values stand beside their enum, as in C++. */
function addEnum(declared: Declarations, declaration: EnumDescriptorProto, scope: string): void {
  declared.symbols.push(within(scope, declaration.name));
  for (const value of declaration.value) declared.symbols.push(within(scope, value.name));
}

function addExtensions(declared: Declarations, fields: readonly FieldDescriptorProto[], scope: string): void {
  for (const { name, extendee = "", number = 0 } of fields) {
    declared.symbols.push(within(scope, name));
    declared.extensions.push({ extendee: extendee.replace(/^\./, ""), number });
  }
}

function within(scope: string, name = ""): string {
  return scope === "" ? name : `${scope}.${name}`;
}
