import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { LiveError } from "./live-error.ts";

/**
 * What is used of `@micro-service/runtime`: nothing more, so that any version will do. The tool does not have the
 * runtime; it borrows the one that the project has installed, and with it the project's registry and TLS.
 */
export interface ProjectRuntime {
  createConnection(options: {
    readonly name: string;
    readonly args: readonly string[];
    readonly env: Readonly<Record<string, string | undefined>>;
    readonly logger: RuntimeLogger;
  }): Promise<Connection>;
}

interface RuntimeLogger {
  info(line: string): void;
  warn(line: string): void;
  error(line: string): void;
}

/** Registry and client of the project's runtime. */
export interface Connection {
  readonly registry: {
    readonly name: string;
    readonly address: string;
    getService(name: string, options?: { readonly signal?: AbortSignal }): Promise<ServiceRecord[]>;
    listServices(options?: { readonly signal?: AbortSignal }): Promise<ServiceRecord[]>;
  };
  readonly client: {
    bidiStream(
      service: string,
      method: unknown,
      requests: AsyncIterable<Uint8Array>,
      options: { readonly signal: AbortSignal; readonly address?: string },
    ): AsyncIterable<Uint8Array>;
  };
  close(): Promise<void>;
}

/** A service as the registry has it. */
export interface ServiceRecord {
  readonly name: string;
  readonly version: string;
  readonly nodes: readonly {
    readonly id: string;
    readonly address: string;
    readonly metadata: Readonly<Record<string, string>>;
  }[];
}

/** Whose registry is asked. */
export interface ConnectOptions {
  /** Absolute; a folder of the project whose runtime is used. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Flags of the runtime: `--registry=etcd`. */
  readonly args?: readonly string[];
  /** Takes what the runtime has to say; default nobody. */
  readonly onNotice?: (line: string) => void;
}

/**
 * Connects to the registry that the project's services use: by the same environment and flags.
 *
 * @throws LiveError when the runtime is not installed or cannot make sense of the settings
 */
export async function connectProject(options: ConnectOptions): Promise<Connection> {
  const runtime = await loadRuntime(options.folder);
  const { env, args = [], onNotice = () => {} } = options;
  try {
    return await runtime.createConnection({
      name: "micro-gen",
      args,
      env,
      logger: { info: onNotice, warn: onNotice, error: onNotice },
    });
  } catch (error) {
    throw new LiveError("usage", (error as Error).message, { cause: error });
  }
}

/** Imported when needed, from where the project's own code would get it. */
async function loadRuntime(folder: string): Promise<ProjectRuntime> {
  let path: string;
  try {
    path = createRequire(join(folder, "package.json")).resolve("@micro-service/runtime/package.json");
  } catch (error) {
    throw new LiveError(
      "usage",
      "The registry is asked by the project's own @micro-service/runtime, and it is not installed here: run npm install, or ask the service itself with grpc://host:port.",
      { cause: error },
    );
  }
  return (await import(pathToFileURL(join(path, "../dist/index.js")).href)) as ProjectRuntime;
}
