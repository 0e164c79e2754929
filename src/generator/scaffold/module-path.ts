import { posix } from "node:path";
import type { Schema } from "../schema/schema.ts";
import { type GeneratedSymbol, messageSymbol } from "./generated-code.ts";
import type { Imports } from "./imports.ts";

/** How a file of a service names the module of a symbol: `../gen/greeter.ts` from `src/handler/greeter.ts`. */
export function modulePath(from: string, symbol: GeneratedSymbol): string {
  return symbol.isPackage ? symbol.module : relativeModule(from, `src/gen/${symbol.module}`);
}

/** `./x.ts` or `../x.ts`: both paths relative to the service's folder. */
export function relativeModule(from: string, to: string): string {
  const path = posix.relative(posix.dirname(from), to);
  return path.startsWith(".") ? path : `./${path}`;
}

/** Imports message types into `file` and gives their local names. */
export function messageImporter(
  schema: Schema,
  file: string,
  imports: Imports,
): (fullName: string) => string {
  return (fullName) => {
    const symbol = messageSymbol(schema, fullName);
    return imports.type(modulePath(file, symbol), symbol.name);
  };
}
