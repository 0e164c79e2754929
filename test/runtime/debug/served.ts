import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadSchema } from "../../../src/generator/check/index.ts";
import { createMemoryBroker } from "../../../src/runtime/broker/index.ts";
import { createMemoryRegistry, type Registry } from "../../../src/runtime/registry/index.ts";
import {
  createService,
  type Service,
  type ServiceOptions,
  silentLogger,
} from "../../../src/runtime/service/index.ts";
import { Greeter } from "../../fixtures/greeter/expected/greeter.service.ts";

export const name = "go.micro.srv.greeter";

export interface Served {
  readonly service: Service;
  readonly registry: Registry;
  /** `127.0.0.1:port` */
  readonly address: string;
  stop(): Promise<void>;
}

export interface ServeOptions extends Partial<ServiceOptions> {
  /** Schemas of test/fixtures, relative to their own folder there: `greeter/greeter.proto`. Default: no schema. */
  readonly files?: readonly string[];
  /** More handlers; called before the start. */
  readonly setup?: (service: Service) => void;
}

/** The greeter of test/fixtures on a port of its own. */
export async function serve({ files, setup, ...options }: ServeOptions = {}): Promise<Served> {
  const folder = await mkdtemp(join(tmpdir(), "served-"));
  const schema = join(folder, "schema.binpb");
  if (files !== undefined) await writeFile(schema, await descriptorsOf(files));
  const registry = createMemoryRegistry();
  const service = await createService({
    name,
    address: "127.0.0.1:0",
    registry,
    broker: createMemoryBroker(),
    drainDelayMs: 0,
    args: [],
    env: {},
    logger: silentLogger,
    ...(files !== undefined && { schema }),
    ...options,
  });
  service.server.handle(Greeter, {
    hello: (request) => ({ msg: `Hello ${request.name}` }),
    async *count({ name, times }) {
      for (let i = 1; i <= times; i++) yield { msg: `${i} ${name}` };
    },
    async gather(requests) {
      const names: string[] = [];
      for await (const request of requests) names.push(request.name);
      return { msg: names.join(" and ") };
    },
    async *chat(requests) {
      for await (const request of requests) yield { msg: `you said ${request.name}` };
    },
  });
  setup?.(service);
  await service.start();
  await rm(folder, { recursive: true });
  return {
    service,
    registry,
    address: service.address as string,
    async stop() {
      await service.stop();
      await registry.close();
    },
  };
}

/** The FileDescriptorSet of schemas of test/fixtures. */
export async function descriptorsOf(files: readonly string[]): Promise<Uint8Array> {
  const fixtures = fileURLToPath(new URL("../../fixtures/", import.meta.url));
  const includePaths = [...new Set(files.map((file) => join(fixtures, file.split("/")[0] as string)))];
  const { descriptorSet } = await loadSchema({
    files: files.map((file) => join(fixtures, file)),
    includePaths,
  });
  return descriptorSet;
}
