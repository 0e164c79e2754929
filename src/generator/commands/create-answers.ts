import { basename, resolve } from "node:path";
import { type ServiceType, serviceTypes } from "../project/index.ts";
import {
  type Answers,
  aliasOfFolder,
  detectPackageManager,
  folderProblem,
  PACKAGE_MANAGERS,
  parseAlias,
  parseFqdn,
  parseNamespace,
  RUNTIME_SOURCES,
  ScaffoldError,
  shellQuote,
} from "../scaffold/index.ts";
import { suggest } from "../schema/suggest.ts";
import type { CreateOptions } from "./create-options.ts";
import type { CommandContext } from "./run.ts";

/** Answers, and what belongs to this run only. */
export interface CreateRequest {
  readonly answers: Answers;
  /** Absolute. */
  readonly root: string;
  readonly shown: string;
  /** Absolute; undefined for the starter. */
  readonly proto: string | undefined;
  /** Things to say, such as a suffix cut off. */
  readonly notes: readonly string[];
}

/** Checks what was typed and fills in defaults. Throws ScaffoldError for the first answer that cannot be. */
export function toRequest(
  options: CreateOptions & { readonly dir: string },
  { cwd, env }: CommandContext,
): CreateRequest {
  const { dir } = options;
  const root = resolve(cwd, dir);
  const folder = basename(root);
  const problem = dir === "" ? "is empty" : folderProblem(folder);
  if (problem !== undefined) {
    throw new ScaffoldError(
      "usage",
      `The folder name ${JSON.stringify(folder)} ${problem}. Choose another one.`,
    );
  }
  const types = parseTypes(options.type ?? "srv");
  const alias = options.name === undefined ? aliasOfFolder(folder) : parseAlias(options.name);
  const fqdn = options.fqdn === undefined ? undefined : parseFqdn(options.fqdn);
  // `com.example.srv.greeter` says the namespace as well.
  const implied = fqdn?.match(/^(.+)\.(srv|api|web)\.[^.]+$/)?.[1];
  const { namespace, stripped } = parseNamespace(options.namespace ?? implied ?? "go.micro");
  if (options.fqdn !== undefined && types.length > 1) {
    throw new ScaffoldError(
      "usage",
      `--fqdn names one service, and --type ${types.join(",")} makes ${types.length}. Use --namespace and --name.`,
    );
  }
  return {
    answers: {
      types,
      alias,
      namespace,
      fqdn,
      packageManager:
        PACKAGE_MANAGERS.find((name) => name === options.packageManager) ?? detectPackageManager(env, root),
      runtime: RUNTIME_SOURCES.find((name) => name === options.runtime) ?? "packed",
    },
    root,
    shown: dir,
    proto: options.proto === undefined || options.proto === "" ? undefined : resolve(cwd, options.proto),
    notes: [
      ...(stripped === undefined
        ? []
        : [
            `The namespace is ${namespace}: ${stripped} at its end is the type, which is added to each name.`,
          ]),
    ],
  };
}

/** `srv,web` -> ["srv", "web"], in the order services start. */
export function parseTypes(text: string): ServiceType[] {
  const words = text
    .split(",")
    .map((word) => word.trim())
    .filter((word) => word !== "");
  if (words.length === 0) throw new ScaffoldError("usage", `--type needs one of ${serviceTypes.join(", ")}.`);
  for (const word of words) {
    if (serviceTypes.some((type) => type === word)) continue;
    const meant = suggest(word, serviceTypes);
    throw new ScaffoldError(
      "usage",
      `There is no type ${JSON.stringify(word)}; the types are ${serviceTypes.join(", ")}.${meant === undefined ? "" : ` Did you mean ${meant}?`}`,
    );
  }
  return serviceTypes.filter((type) => words.includes(type));
}

/** The usage error for answers that nobody can be asked for, with a command line that has them. */
export function missingAnswers(options: CreateOptions, { argv }: CommandContext): ScaffoldError | undefined {
  const missing = [
    ...(options.dir === undefined ? [{ what: "the folder", argument: "greeter" }] : []),
    ...(options.type === undefined && options.yes !== true
      ? [{ what: "--type", argument: "--type srv" }]
      : []),
  ];
  if (missing.length === 0) return undefined;
  const given = argv.filter((argument) => argument !== "--").map(shellQuote);
  const command = ["create-micro-service", ...given, ...missing.map(({ argument }) => argument)].join(" ");
  return new ScaffoldError(
    "usage",
    `There is no terminal to ask in, and ${missing.map(({ what }) => what).join(" and ")} ${missing.length === 1 ? "is" : "are"} not given. Run, for instance:\n\n  ${command}\n`,
  );
}
