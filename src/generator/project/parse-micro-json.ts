import type { Int64Type } from "../emit/emit.ts";
import { suggest } from "../schema/suggest.ts";
import {
  type AllowedChange,
  compatibilities,
  type MicroJson,
  type MicroJsonService,
  reasonPlaceholder,
  serviceTypes,
} from "./micro-json.ts";
import { whatIsWrongWith } from "./safe-path.ts";

const int64Types: readonly Int64Type[] = ["bigint", "string", "number"];

/** One thing wrong in a micro.json: where (`services[0].type`), what, and what to write instead. */
export interface MicroJsonMistake {
  readonly at: string;
  readonly message: string;
}

/** Reads the text of a micro.json: the data, or every mistake in it. */
export function parseMicroJson(
  text: string,
): { readonly value: MicroJson } | { readonly mistakes: readonly MicroJsonMistake[] } {
  let json: unknown;
  try {
    json = JSON.parse(text.replace(/^\uFEFF/, "")); // editors on Windows like to put a mark in front
  } catch (error) {
    return { mistakes: [{ at: "", message: `it is not JSON: ${syntaxMessage(error, text)}` }] };
  }
  const mistakes: MicroJsonMistake[] = [];
  const value = readRoot(json, (at, message) => mistakes.push({ at, message }));
  return mistakes.length > 0 || value === undefined ? { mistakes } : { value };
}

type Complain = (at: string, message: string) => void;

const rootKeys = [
  "$schema",
  "namespace",
  "services",
  "proto",
  "out",
  "importExtension",
  "int64",
  "compatibility",
  "allow",
];
const serviceKeys = ["name", "type", "dir"];

function readRoot(json: unknown, complain: Complain): MicroJson | undefined {
  if (!isRecord(json)) {
    complain("", 'it must be an object: {"namespace": ..., "services": [...], "proto": ["proto"]}');
    return undefined;
  }
  reportUnknownKeys(json, rootKeys, "", complain);
  const namespace = readName(json.namespace, "namespace", '"go.micro"', complain);
  const services = readServices(json.services, complain);
  const proto = readProto(json.proto, complain);
  const out = json.out === undefined ? undefined : readFolder(json.out, "out", '"src/gen"', complain);
  const { importExtension } = json;
  if (importExtension !== undefined && importExtension !== "ts" && importExtension !== "js") {
    complain("importExtension", 'must be "ts" or "js"');
    return undefined;
  }
  const int64 = int64Types.find((known) => known === json.int64);
  if (json.int64 !== undefined && int64 === undefined)
    complain("int64", `must be "bigint", "string" or "number"${notIt(json.int64)}`);
  const compatibility = compatibilities.find((known) => known === json.compatibility);
  if (json.compatibility !== undefined && compatibility === undefined)
    complain("compatibility", `must be "wire", "json", "source" or "none"${notIt(json.compatibility)}`);
  const allow = json.allow === undefined ? undefined : readAllow(json.allow, complain);
  return {
    namespace,
    services,
    proto,
    ...(out !== undefined && { out }),
    ...(importExtension !== undefined && { importExtension }),
    ...(int64 !== undefined && { int64 }),
    ...(compatibility !== undefined && { compatibility }),
    ...(allow !== undefined && { allow }),
  };
}

const allowKeys = ["rule", "name", "reason"] as const;

function readAllow(json: unknown, complain: Complain): AllowedChange[] {
  const example = '{"rule": "field-deleted", "name": "shop.Order.age", "reason": "nobody ever set it"}';
  if (!Array.isArray(json)) {
    complain("allow", `must be a list: [${example}]`);
    return [];
  }
  return json.map((item: unknown, index) => {
    const at = `allow[${index}]`;
    const allowed = { rule: "", name: "", reason: "" };
    if (!isRecord(item)) {
      complain(at, `must be an object: ${example}`);
      return allowed;
    }
    reportUnknownKeys(item, allowKeys, `${at}.`, complain);
    for (const key of allowKeys) {
      const text = item[key];
      if (key === "reason" && typeof text === "string" && isPlaceholder(text))
        complain(`${at}.reason`, `say why nobody minds, as in ${example}; the next reader wants to know`);
      else if (typeof text === "string" && text.trim() !== "") allowed[key] = text;
      else complain(`${at}.${key}`, `must be a text, as in ${example}${notIt(text)}`);
    }
    return allowed;
  });
}

function isPlaceholder(reason: string): boolean {
  const words = reason.toLowerCase().match(/\p{L}+/gu) ?? [];
  return words.join(" ") === reasonPlaceholder;
}

function readServices(json: unknown, complain: Complain): MicroJsonService[] {
  if (!Array.isArray(json)) {
    complain("services", 'must be a list: [{"name": "go.micro.srv.greeter", "type": "srv", "dir": "."}]');
    return [];
  }
  const seen = new Map<string, string>();
  const once = (key: string, at: string, what: string) => {
    const before = seen.get(key);
    if (before === undefined) seen.set(key, at);
    else complain(at, `is the same as ${before}; give every service ${what}`);
  };
  return json.map((item: unknown, index) => {
    const at = `services[${index}]`;
    if (!isRecord(item)) {
      complain(at, 'must be an object: {"name": "go.micro.srv.greeter", "type": "srv", "dir": "."}');
      return { name: "", type: "srv", dir: "." };
    }
    reportUnknownKeys(item, serviceKeys, `${at}.`, complain);
    const name = readName(item.name, `${at}.name`, '"go.micro.srv.greeter"', complain);
    const dir = readFolder(item.dir, `${at}.dir`, '"."', complain);
    const type = serviceTypes.find((known) => known === item.type);
    if (type === undefined) complain(`${at}.type`, `must be one of "srv", "api", "web"${notIt(item.type)}`);
    if (name !== "") once(`name ${name}`, `${at}.name`, "a name of its own");
    if (dir !== "") once(`dir ${dir.toLowerCase()}`, `${at}.dir`, "a folder of its own");
    return { name, type: type ?? "srv", dir };
  });
}

function readProto(json: unknown, complain: Complain): string[] {
  if (!Array.isArray(json) || json.length === 0) {
    complain("proto", 'must be a list of folders with schemas: ["proto"]');
    return [];
  }
  return json.map((folder: unknown, index) => readFolder(folder, `proto[${index}]`, '"proto"', complain));
}

function readName(json: unknown, at: string, example: string, complain: Complain): string {
  if (typeof json === "string" && /^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/.test(json) && json.length <= 255)
    return json;
  complain(at, `must be letters, digits, - and _ with dots between, such as ${example}${notIt(json)}`);
  return "";
}

function readFolder(json: unknown, at: string, example: string, complain: Complain): string {
  if (json === ".") return json;
  if (typeof json !== "string") {
    complain(at, `must be a folder inside the project, such as ${example}${notIt(json)}`);
    return "";
  }
  const folder = json.replace(/^\.\//, "").replace(/\/$/, "");
  const wrong = whatIsWrongWith(folder);
  if (wrong === undefined) return folder;
  complain(at, `must be a folder inside the project, such as ${example}${notIt(json)}: ${wrong}`);
  return "";
}

function reportUnknownKeys(
  json: Record<string, unknown>,
  known: readonly string[],
  prefix: string,
  complain: Complain,
): void {
  for (const key of Object.keys(json)) {
    if (known.includes(key)) continue;
    const meant = suggest(key, known);
    const fix = meant === undefined ? `the known keys are ${known.join(", ")}` : `did you mean "${meant}"?`;
    complain(`${prefix}${key}`, `is not known; ${fix}`);
  }
}

function notIt(json: unknown): string {
  return json === undefined ? "; it is missing" : `, not ${JSON.stringify(json)}`;
}

/** V8 tells the offset or shows the place, depending on its version; people want one line, with the line's number. */
function syntaxMessage(error: unknown, text: string): string {
  const message = (error instanceof Error ? error.message : String(error)).replace(/\s+/g, " ");
  const offset = / at position (\d+)/.exec(message)?.[1];
  if (offset === undefined) return message;
  const before = text.slice(0, Number(offset)).split("\n");
  const place = `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
  return `${message.replace(/( in JSON)? at position .*/, "")} in ${place}`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
