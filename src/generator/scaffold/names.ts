import { ScaffoldError } from "./scaffold-error.ts";

/** One word of a wire name. */
const WORD = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
/** A folder name that kebab-case turns into an alias without guessing. */
const PLAIN_FOLDER = /^[A-Za-z][A-Za-z0-9]*([-_.][A-Za-z0-9]+)*$/;
/** Names Windows keeps for devices, with or without an extension; such a folder cannot be checked out there. */
const WINDOWS_DEVICE = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?$/i;
const MAX_ALIAS = 50;
const MAX_NAME = 200;

const ALIAS_RULE = "lower-case letters, digits and single hyphens, starting with a letter";

/** Words in lower case with hyphens: `OrderDesk`, `order_desk`, `Order Desk!` -> `order-desk`. Empty when no letter is left. */
export function toKebabCase(text: string): string {
  return text
    .replaceAll("ß", "ss")
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .replace(/([A-Z]+)([A-Z][a-z])/g, "$1-$2")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+|-+$/g, "");
}

/** A sound alias close to `text`, for messages. */
function suggestAlias(text: string): string {
  const suggestion = toKebabCase(text).slice(0, MAX_ALIAS).replace(/-+$/, "");
  return suggestion === "" || aliasProblem(suggestion) !== undefined ? "greeter" : suggestion;
}

/** Why `alias` cannot name a service; undefined for a good one. */
export function aliasProblem(alias: string): string | undefined {
  if (!WORD.test(alias)) return `needs ${ALIAS_RULE}`;
  if (alias.length > MAX_ALIAS) return `is longer than ${MAX_ALIAS} characters`;
  if (/^v[0-9]+$/.test(alias)) return "looks like a version, and the gateway reads /v1/... as one";
  if (WINDOWS_DEVICE.test(alias)) return "is a device name on Windows";
  if (alias === "node-modules" || alias === "favicon") return "is a reserved name";
  return undefined;
}

/** The alias a user typed. Throws a usage error with the rule and a corrected suggestion. */
export function parseAlias(text: string): string {
  const problem = aliasProblem(text);
  if (problem === undefined) return text;
  throw usage(`The name ${quote(text)} ${problem}. Try --name ${suggestAlias(text)}.`);
}

/**
 * The alias a folder name stands for: `OrderDesk` -> `order-desk`. Names that would need guessing (`Bad Name!!`) are a
 * usage error with the suggestion, so that no folder of that name is made by accident.
 */
export function aliasOfFolder(folder: string): string {
  const alias = toKebabCase(folder);
  const problem = PLAIN_FOLDER.test(folder) ? aliasProblem(alias) : `needs ${ALIAS_RULE}`;
  if (problem === undefined) return alias;
  const suggestion = suggestAlias(folder);
  throw usage(
    `The folder name ${quote(folder)} cannot name the service: it ${problem}. ` +
      `Try the folder ${suggestion}, or keep the folder and add --name ${suggestion}.`,
  );
}

/** Why a folder of this name should not be made; undefined for a good one. Looks at the last element only. */
export function folderProblem(folder: string): string | undefined {
  if (WINDOWS_DEVICE.test(folder)) return "is a device name on Windows";
  if (/[<>:"|?*\\]/.test(folder) || hasControlCharacter(folder)) return 'holds one of < > : " | ? * \\';
  if (/[. ]$/.test(folder)) return "ends in a dot or a space";
  if (folder.length > 200) return "is longer than 200 characters";
  return undefined;
}

/**
 * A namespace, `com.example`. A trailing `.srv`, `.api` or `.web` is not part of it: it is cut off and handed back as
 * `stripped`, so that the caller can say so. Throws a usage error with a suggestion.
 */
export function parseNamespace(text: string): {
  readonly namespace: string;
  readonly stripped: string | undefined;
} {
  const match = /^(.+)\.(srv|api|web)$/.exec(text);
  const namespace = match?.[1] ?? text;
  if (!isDottedName(namespace)) {
    throw usage(
      `The namespace ${quote(text)} needs dot-separated words of ${ALIAS_RULE}. ` +
        `Try --namespace ${suggestDotted(text, "com.example")}.`,
    );
  }
  return { namespace, stripped: match?.[2] === undefined ? undefined : `.${match[2]}` };
}

/** A full wire name given by the user, `com.example.srv.greeter`. Throws a usage error with a suggestion. */
export function parseFqdn(text: string): string {
  if (isDottedName(text) && text.includes(".")) return text;
  throw usage(
    `The full name ${quote(text)} needs at least two dot-separated words of ${ALIAS_RULE}. ` +
      `Try --fqdn ${suggestDotted(text, "com.example.srv.greeter")}.`,
  );
}

function isDottedName(text: string): boolean {
  return text.length <= MAX_NAME && text.split(".").every((part) => WORD.test(part));
}

function suggestDotted(text: string, fallback: string): string {
  const suggestion = text
    .split(/[./]/)
    .map(toKebabCase)
    .filter((part) => part !== "")
    .join(".");
  return isDottedName(suggestion) && (suggestion.includes(".") || !fallback.includes("srv"))
    ? suggestion
    : fallback;
}

function hasControlCharacter(text: string): boolean {
  return [...text].some((character) => character < " " || character === "\u007f");
}

/** For messages: quoted, with control characters made visible. */
function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 77)}...` : text);
}

function usage(message: string): ScaffoldError {
  return new ScaffoldError("usage", message);
}
