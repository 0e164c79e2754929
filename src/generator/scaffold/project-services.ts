import { createNamer, methodName } from "../emit/naming.ts";
import type { Method, Schema, ServiceDef } from "../schema/schema.ts";
import { type AnswerPlan, planAnswer } from "./answer-plan.ts";
import { toKebabCase } from "./names.ts";

/** A proto service as the project implements or calls it, with every name the code needs. */
export interface ProjectService {
  readonly def: ServiceDef;
  /** Another one has the same short name, so that `Greeter.Hello` would not say which. */
  readonly ambiguous: boolean;
  /** Class that handles it, unique in the project: `Greeter`. */
  readonly className: string;
  /** Handler and test files, without extension: `greeter`. */
  readonly fileName: string;
  /** Variable for its client: `greeter`. */
  readonly variable: string;
  readonly methods: readonly ProjectMethod[];
}

export interface ProjectMethod {
  readonly def: Method;
  /** Name in TypeScript: `hello`. */
  readonly property: string;
  readonly answer: AnswerPlan;
}

/**
 * The services a project is made for: those of the files the user named, else those of all the user's files. Two of the
 * same name get their package in front.
 */
export function projectServices(schema: Schema, isAsked: (file: string) => boolean): ProjectService[] {
  const own = schema.files.filter(({ origin }) => origin !== "bundled");
  const asked = own.filter(({ path }) => isAsked(path)).flatMap(({ services }) => services);
  const defs = asked.length > 0 ? asked : own.flatMap(({ services }) => services);
  const short = countBy(defs, ({ name }) => className(name));
  const names = countBy(defs, ({ name }) => name);
  const used = new Set<string>();
  return defs.map((def) => {
    const unique = short.get(className(def.name)) === 1 ? def.name : def.fullName.replaceAll(".", "_");
    return { ...projectService(schema, def, className(unique), used), ambiguous: names.get(def.name) !== 1 };
  });
}

function projectService(
  schema: Schema,
  def: ServiceDef,
  name: string,
  used: Set<string>,
): Omit<ProjectService, "ambiguous"> {
  let fileName = toKebabCase(name) || "service";
  for (let n = 2; used.has(fileName); n++) fileName = `${toKebabCase(name)}-${n}`;
  used.add(fileName);
  const methodNamer = createNamer();
  return {
    def,
    className: name,
    fileName,
    variable: safeVariable(name.slice(0, 1).toLowerCase() + name.slice(1)),
    methods: def.methods.map((method) => ({
      def: method,
      property: methodNamer(methodName(method.name)),
      answer: planAnswer(schema, method),
    })),
  };
}

/** `order_desk` -> `OrderDesk`, `shop.Stock` -> `ShopStock`. */
function className(name: string): string {
  return name.replace(/(?:^|_)+([A-Za-z0-9])/g, (_all, letter: string) => letter.toUpperCase());
}

/** Words no variable can be called, and names the code around uses. */
const RESERVED = new Set(
  (
    "arguments assert async await break case catch class const continue debugger default delete do else enum eval " +
    "export extends false finally for function if implements import in instanceof interface let network new null " +
    "package private protected public request response return service static super switch test this throw true try " +
    "typeof undefined var void while with yield process after url"
  ).split(" "),
);

function safeVariable(name: string): string {
  return RESERVED.has(name) ? `${name}Client` : name;
}

function countBy<T>(items: readonly T[], key: (item: T) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(key(item), (counts.get(key(item)) ?? 0) + 1);
  return counts;
}
