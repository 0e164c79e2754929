import { createHash } from "node:crypto";
import { type DescriptorFile, readDescriptorFile, WireError } from "../schema/index.ts";
import { encodeFiles } from "./encode-files.ts";
import { type Exchange, type OpenExchange, UnimplementedError } from "./exchange.ts";
import { LiveError } from "./live-error.ts";
import { createProportion } from "./proportion.ts";
import { type Answer, decodeAnswer, encodeQuestion, type Question } from "./reflection-messages.ts";

/** What a running service says of itself. */
export interface LiveSchema {
  /** An encoded google.protobuf.FileDescriptorSet, imports before those who import them. */
  readonly descriptorSet: Uint8Array;
  /** Full names of its services, those of the infrastructure left out; sorted. */
  readonly services: readonly string[];
}

export interface ReadReflectionOptions {
  /** How the service is called in messages. */
  readonly name: string;
  /** Only these services, by full name. Default: all. */
  readonly only?: readonly string[];
  readonly signal: AbortSignal;
}

/** Far more than any server has. */
const maxServices = 1_000;

const versions = ["v1", "v1alpha"];
/** What servers have besides what they are for. */
const infrastructure = /^(?:grpc|envoy)\.|^Debug$/;

/**
 * Asks a server by gRPC reflection for its services and every file they need.
 *
 * @throws LiveError
 */
export async function readReflection(
  open: OpenExchange,
  options: ReadReflectionOptions,
): Promise<LiveSchema> {
  for (const version of versions) {
    const exchange = open(`grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`, options.signal);
    try {
      return await readOver(exchange, options);
    } catch (error) {
      if (!(error instanceof UnimplementedError)) throw error;
    } finally {
      exchange.close();
    }
  }
  throw new LiveError(
    "refused",
    `${options.name} does not tell its schema: it has no gRPC reflection. Ask its team for a descriptor set (protoc --descriptor_set_out --include_imports) and use --from FILE.`,
  );
}

async function readOver(exchange: Exchange, { name, only }: ReadReflectionOptions): Promise<LiveSchema> {
  const files = new Map<string, DescriptorFile>();
  const known = new Set<string>();
  const proportion = createProportion(name);

  async function ask(question: Question): Promise<Answer> {
    const bytes = await exchange.ask(encodeQuestion(question));
    const answer = decodeAnswer(bytes);
    if (answer === undefined)
      throw new LiveError("refused", `${name} answers its reflection with something else.`);
    return answer;
  }
  /** Keeps what was sent; a server may send imports along, or wait to be asked for them. */
  async function fetch(question: Question, what: string): Promise<void> {
    const answer = await ask(question);
    if (answer.kind !== "files") {
      const why = answer.kind === "error" ? `: ${answer.message.slice(0, 200)} (${answer.code})` : "";
      throw new LiveError("refused", `${name} cannot describe ${what}${why}.`);
    }
    for (const bytes of answer.files) {
      // A server sends imports along with every file that needs them: only new ones count.
      const digest = createHash("sha256").update(bytes).digest("base64");
      if (known.has(digest)) continue;
      known.add(digest);
      proportion.add(bytes);
      const file = readFile(bytes, name);
      files.set(file.path, files.get(file.path) ?? file);
    }
  }

  const services = await chooseServices(ask, name, only);
  for (const service of services) {
    const isKnown = [...files.values()].some((file) => file.services.includes(service));
    if (!isKnown) await fetch({ ask: "symbol", name: service }, `the service ${service}`);
  }
  // The map grows while it is walked.
  // What comes with the tool is read from there.
  for (const { imports } of files.values())
    for (const path of imports)
      if (!files.has(path) && !path.startsWith("google/protobuf/"))
        await fetch({ ask: "file", path }, `the file ${path}`);
  return { descriptorSet: encodeFiles(files), services };
}

async function chooseServices(
  ask: (question: Question) => Promise<Answer>,
  name: string,
  only: readonly string[] | undefined,
): Promise<string[]> {
  const answer = await ask({ ask: "services" });
  if (answer.kind !== "services") throw new LiveError("refused", `${name} does not list its services.`);
  const listed = [...new Set(answer.names)];
  const found = listed.filter((service) => !infrastructure.test(service)).sort();
  if (found.length > maxServices)
    throw new LiveError("refused", `${name} lists more than ${maxServices} services.`);
  if (only === undefined) {
    if (found.length === 0) throw new LiveError("refused", `${name} has no services to make a client of.`);
    return found;
  }
  const missing = only.filter((service) => !listed.includes(service));
  if (missing.length === 0) return [...new Set(only)].sort();
  throw new LiveError(
    "usage",
    `${name} has no service ${missing.join(", ")}; it has ${found.join(", ") || "none"}.`,
  );
}

function readFile(bytes: Uint8Array, name: string): DescriptorFile {
  try {
    return readDescriptorFile(bytes);
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    throw new LiveError("refused", `${name} sent a schema that is no descriptor: ${error.message}.`);
  }
}
