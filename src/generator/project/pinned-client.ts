import { hasUnprintable, quoted } from "../schema/quoted.ts";
import type { Manifest } from "./manifest.ts";
import { ProjectError } from "./project-error.ts";
import { whatIsWrongWithPlanned } from "./safe-path.ts";

/** Code for calling somebody else's service, and what it was made from. */
export interface PinnedClient {
  /** Folder with the code and its `schema.binpb`, relative to the root. */
  readonly out: string;
  /** Where the schema came from: `registry:com.example.srv.greeter`. */
  readonly from: string;
  /** By full name. */
  readonly services: ReadonlyMap<string, PinnedService>;
}

export interface PinnedService {
  /** What a caller depends on, as `serviceDigest` tells it. */
  readonly digest: string;
  readonly methods: readonly string[] | "all";
}

const serviceName = /^\w+(?:\.\w+)*$/;

type Answers = Manifest["answers"];

/**
 * The pinned clients of a manifest, by folder. The manifest is where they are locked: it is committed, and written as
 * one with the code.
 *
 * @throws ProjectError when somebody has made something else of it
 */
export function readPinnedClients(answers: Answers): PinnedClient[] {
  const { clients = {} } = answers;
  if (!isRecord(clients)) throw brokenClient("clients");
  return Object.entries(clients).map(([out, entry]) => {
    // Outside of a project a client is all there is, and in the folder itself.
    if (out !== "." && whatIsWrongWithPlanned(out) !== undefined) throw brokenClient(out);
    if (!isRecord(entry) || typeof entry.from !== "string" || !isRecord(entry.services))
      throw brokenClient(out);
    if (hasUnprintable(entry.from)) throw brokenClient(out);
    const services = Object.entries(entry.services).map(([name, pinned]): [string, PinnedService] => {
      if (!serviceName.test(name)) throw brokenClient(`${out} ${name}`);
      if (!isRecord(pinned) || typeof pinned.digest !== "string") throw brokenClient(`${out} ${name}`);
      const { digest, methods = "all" } = pinned;
      if (methods !== "all" && !(Array.isArray(methods) && methods.every((one) => typeof one === "string")))
        throw brokenClient(`${out} ${name}`);
      return [name, { digest, methods: methods as PinnedService["methods"] }];
    });
    return { out, from: entry.from, services: new Map(services) };
  });
}

/** The answers with a client added, replaced, or, when there is none, taken away. */
export function withPinnedClient(answers: Answers, out: string, client: PinnedClient | undefined): Answers {
  const others = readPinnedClients(answers).filter((one) => one.out !== out);
  const all = client === undefined ? others : [...others, client];
  const { clients: _before, ...rest } = answers;
  if (all.length === 0) return rest;
  const entries = all.map(({ out: folder, from, services }) => {
    const pinned = [...services].map(([name, { digest, methods }]) => [
      name,
      { digest, ...(methods !== "all" && { methods: [...methods].sort() }) },
    ]);
    return [folder, { from, services: Object.fromEntries(pinned) }];
  });
  return { ...rest, clients: Object.fromEntries(entries) };
}

/** Somebody has made something else of what was written about a client. */
export function brokenClient(where: string): ProjectError {
  return new ProjectError(
    "invalid",
    `.micro/manifest.json: the entry ${quoted(where)} of "clients" is not as micro-gen wrote it; take it from git, or remove it and run micro-gen client --from again.`,
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
