import type { Method, Schema, ServiceDef } from "../schema/schema.ts";

/** An export of generated code. `module` is a path below `src/gen` ("greeter.ts") or a package. */
export interface GeneratedSymbol {
  readonly module: string;
  readonly name: string;
  readonly isPackage: boolean;
}

/** What the generated code of a service exports. */
export interface ServiceSymbols {
  readonly client: GeneratedSymbol;
  readonly handler: GeneratedSymbol;
  readonly createClient: GeneratedSymbol;
  readonly registerHandler: GeneratedSymbol;
}

export function serviceSymbols(service: ServiceDef): ServiceSymbols {
  const module = service.file.replace(/\.proto$/, ".service.ts");
  const symbol = (name: string): GeneratedSymbol => ({ module, name, isPackage: false });
  return {
    client: symbol(`${service.name}Client`),
    handler: symbol(`${service.name}Handler`),
    createClient: symbol(`create${service.name}Client`),
    registerHandler: symbol(`register${service.name}Handler`),
  };
}

/** The type of a message, and the constant of the same name. */
export function messageSymbol(schema: Schema, fullName: string): GeneratedSymbol {
  const message = schema.messages.get(fullName);
  if (message === undefined || fullName.startsWith("google.protobuf.")) {
    return {
      module: "@micro-service/runtime/protobuf",
      name: fullName.split(".").at(-1) as string,
      isPackage: true,
    };
  }
  const packageName = schema.files.find(({ path }) => path === message.file)?.package ?? "";
  const local = packageName === "" ? fullName : fullName.slice(packageName.length + 1);
  return {
    module: message.file.replace(/\.proto$/, ".ts"),
    name: local.replaceAll(".", "_"),
    isPackage: false,
  };
}

const INHERITED = new Set(Object.getOwnPropertyNames(Object.prototype));

/** `snake_case` -> `snakeCase`, safe as a property. */
export function propertyName(protoName: string): string {
  const camel = protoName.replace(/_+([a-zA-Z0-9])/g, (_all, letter: string) => letter.toUpperCase());
  return INHERITED.has(camel) ? `${camel}$` : camel;
}

export function methodProperty(method: Method): string {
  const name = method.name.slice(0, 1).toLowerCase() + method.name.slice(1);
  return INHERITED.has(name) ? `${name}$` : name;
}
