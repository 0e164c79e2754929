import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import {
  countFields,
  type DescriptorFile,
  listDescriptorFiles,
  readSetFile,
  WireError,
} from "../schema/index.ts";
import { encodeFiles } from "./encode-files.ts";
import { grpcExchange } from "./grpc-exchange.ts";
import { LiveError } from "./live-error.ts";
import { type ConnectOptions, connectProject } from "./project-runtime.ts";
import { createProportion } from "./proportion.ts";
import { type LiveSchema, readReflection } from "./read-reflection.ts";
import { registryExchange } from "./registry-exchange.ts";
import { formatSource, type Source } from "./source.ts";

export interface ReadSourceOptions extends ConnectOptions {
  /** What a file's path is relative to. */
  readonly cwd: string;
  /** Only these services, by full name. Default: all. */
  readonly only?: readonly string[];
  /** For everything together. Default 10000. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

const maxFiles = 20_000;

/**
 * The schema of a source, as it is now.
 *
 * @throws LiveError
 */
export async function readSource(source: Source, options: ReadSourceOptions): Promise<LiveSchema> {
  if (source.kind === "file") return readFileSource(source.path, options);
  const limit = AbortSignal.timeout(options.timeoutMs ?? 10_000);
  const signal = options.signal === undefined ? limit : AbortSignal.any([limit, options.signal]);
  const asked = { signal, ...(options.only !== undefined && { only: options.only }) };
  if (source.kind === "grpc") {
    const name = formatSource(source);
    const authority = `${source.tls ? "https" : "http"}://${source.host}:${source.port}`;
    const ca = source.tls ? await readAuthorities(options) : undefined;
    return readReflection(grpcExchange(authority, name, ca), { name, ...asked });
  }
  const connection = await connectProject(options);
  try {
    return await readReflection(registryExchange(connection, source.service), {
      name: source.service,
      ...asked,
    });
  } finally {
    await connection.close();
  }
}

/** The same variable as for services: whoever has a private authority has set it already. */
async function readAuthorities({ cwd, env }: ReadSourceOptions): Promise<string | undefined> {
  const file = env.MICRO_CLIENT_TLS_CA_FILE;
  if (file === undefined || file === "") return undefined;
  try {
    return await readFile(resolve(cwd, file), "utf8");
  } catch (error) {
    throw new LiveError(
      "usage",
      `Cannot read MICRO_CLIENT_TLS_CA_FILE ${file}: ${(error as Error).message}.`,
      {
        cause: error,
      },
    );
  }
}

async function readFileSource(path: string, { cwd, only }: ReadSourceOptions): Promise<LiveSchema> {
  let descriptorSet: Uint8Array;
  try {
    descriptorSet = await readSetFile(resolve(cwd, path));
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    throw new LiveError(
      missing ? "unreachable" : "usage",
      missing ? `There is no file ${path}.` : `Cannot read ${path}: ${(error as Error).message}.`,
      { cause: error },
    );
  }
  const files = filesOf(descriptorSet, path);
  const services = [...new Set([...files.values()].flatMap((file) => file.services))].sort();
  const missing = (only ?? []).filter((service) => !services.includes(service));
  if (missing.length > 0)
    throw new LiveError(
      "usage",
      `${path} has no service ${missing.join(", ")}; it has ${services.join(", ") || "none"}.`,
    );
  if (services.length === 0) throw new LiveError("refused", `${path} has no services to make a client of.`);
  const chosen = only === undefined ? services : [...new Set(only)].sort();
  const roots = [...files.values()].filter((file) =>
    file.services.some((service) => chosen.includes(service)),
  );
  const needed = encodeFiles(
    files,
    roots.map((file) => file.path),
  );
  const proportion = createProportion(path);
  listDescriptorFiles(needed, (file) => proportion.add(file));
  return { descriptorSet: needed, services: chosen };
}

function filesOf(descriptorSet: Uint8Array, path: string): Map<string, DescriptorFile> {
  try {
    if (countFields(descriptorSet, maxFiles) > maxFiles)
      throw new LiveError("refused", `${path} is out of all proportion: more than ${maxFiles} files.`);
    // What of it is needed is measured together later.
    return listDescriptorFiles(descriptorSet, (file) => createProportion(path).add(file));
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    throw new LiveError(
      "refused",
      `${path} is no descriptor set: ${error.message}. Make it with protoc --descriptor_set_out --include_imports.`,
    );
  }
}
