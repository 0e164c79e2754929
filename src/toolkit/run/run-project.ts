import { setTimeout as sleep } from "node:timers/promises";
import type { Connection, ServiceRecord } from "@micro-service/runtime";
import { createApiGateway } from "../api/create-api-gateway.ts";
import { gatewayPath } from "../api/gateway-path.ts";
import { shortName } from "../gateway/full-name.ts";
import { createWebProxy } from "../web/create-web-proxy.ts";
import { createChildren } from "./child.ts";
import { exampleRequest, microCommand, shellWord } from "./example-call.ts";
import type { Project, ProjectService } from "./micro-json.ts";
import { createVoices } from "./prefix.ts";
import { type RunningProject, runService } from "./run-service.ts";

export interface RunProjectOptions {
  readonly project: Project;
  /** Of the services: loopback settings included. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** On the services' registry. Not closed here. */
  readonly connection: Connection;
  readonly apiAddress: string;
  readonly webAddress: string;
  readonly version: string;
  readonly out: (text: string) => void;
  readonly color: boolean;
  /** Stops everything. */
  readonly signal: AbortSignal;
  /** Stop as soon as everything is up. */
  readonly once: boolean;
}

/** The address belongs to the gateway or the web proxy of a project; says which flag sets it. */
export class EdgeAddressError extends Error {
  override readonly name = "EdgeAddressError";
}

const UP_WITHIN_MS = 120_000;
const LOOK_EVERY_MS = 250;

/**
 * Runs a project for development until the signal: its services, the gateway when there is an api, the web proxy when
 * there is a web service. Resolves when everything has stopped; to false when `once` was asked and it did not come up.
 */
export async function runProject(options: RunProjectOptions): Promise<boolean> {
  const { project, connection, signal } = options;
  const has = (type: string): boolean => project.services.some((service) => service.type === type);
  const labels = project.services.map(labelOf);
  const voice = createVoices(["micro", "api", "web", ...labels], options.out, options.color);
  const say = voice("micro");
  const stops: (() => Promise<void>)[] = [];
  try {
    const { client, registry, transport } = connection;
    const urls: string[] = [];
    // First, so that a taken port is known before anything is built.
    if (has("api")) {
      const namespace = `${project.namespace}.api`;
      const gateway = createApiGateway({
        client,
        registry,
        namespace,
        version: options.version,
        accessLog: voice("api"),
      });
      stops.push(() => gateway.close({ graceMs: 1_000 }));
      urls.push(`gateway  http://${await listen(gateway, options.apiAddress, "--api_address")}`);
    }
    if (has("web")) {
      const proxy = createWebProxy({
        registry,
        transport,
        namespace: `${project.namespace}.web`,
        accessLog: voice("web"),
      });
      stops.push(() => proxy.close({ graceMs: 1_000 }));
      urls.push(`web      http://${await listen(proxy, options.webAddress, "--web_address")}`);
    }
    say(`building ${project.services.map((service) => service.name).join(", ")}`);
    const children = createChildren();
    const running: RunningProject[] = [];
    stops.push(async () => {
      await Promise.all(running.map((service) => service.stop()));
      children.close();
    });
    // One after the other: several compilers at once are slower than one, and their output mixes.
    for (const [index, service] of project.services.entries()) {
      running.push(
        await runService({
          children,
          service,
          env: options.env,
          speak: voice(labels[index] as string),
          signal,
        }),
      );
    }
    const records = await untilUp(options, say);
    if (records !== undefined && !signal.aborted)
      report(project, records, urls, microCommand(options.env.npm_config_user_agent), say);
    if (options.once) return records !== undefined;
    await aborted(signal);
    say("stopping");
    return true;
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
}

/** `srv/`, `api/` beside each other: `greeter-srv`. */
function labelOf({ name, type }: ProjectService): string {
  return `${name.slice(name.lastIndexOf(".") + 1)}-${type}`;
}

async function listen(
  server: { listen(address: string): Promise<string> },
  address: string,
  flag: string,
): Promise<string> {
  try {
    return await server.listen(address);
  } catch (error) {
    throw new EdgeAddressError(`${(error as Error).message}: choose another with ${flag}`, { cause: error });
  }
}

/** The services' records once all of them can be found; undefined when that takes too long or the signal comes. */
async function untilUp(
  { project, connection, signal }: RunProjectOptions,
  say: (line: string) => void,
): Promise<readonly ServiceRecord[] | undefined> {
  const end = Date.now() + UP_WITHIN_MS;
  const found = new Map<string, readonly ServiceRecord[]>();
  const missing = () => project.services.filter(({ name }) => !found.has(name)).map(({ name }) => name);
  while (missing().length > 0) {
    if (signal.aborted) return undefined;
    for (const name of missing()) {
      const records = await connection.registry.getService(name).catch(() => []);
      if (records.some((record) => record.nodes.length > 0)) found.set(name, records);
    }
    if (missing().length === 0) break;
    if (Date.now() > end) {
      say(`${missing().join(", ")} did not come up within ${UP_WITHIN_MS / 1000} s; see the lines above`);
      return undefined;
    }
    await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => {}); // stopped
  }
  return [...found.values()].flat();
}

function report(
  project: Project,
  records: readonly ServiceRecord[],
  urls: readonly string[],
  micro: string,
  say: (line: string) => void,
): void {
  say("everything is up; Ctrl-C stops it");
  for (const { name, type } of project.services) {
    const record = records.find((candidate) => candidate.name === name);
    const endpoint = record?.endpoints.find(
      ({ metadata }) => metadata.stream !== "true" && metadata.subscriber !== "true",
    );
    say(`  ${name} ${record?.nodes.map((node) => node.address).join(" ") ?? ""}`);
    const alias = shortName(`${project.namespace}.${type}`, name) ?? name;
    const url = urls.find((line) => line.startsWith(type === "api" ? "gateway" : "web"))?.split(/\s+/)[1];
    const body = endpoint === undefined ? "" : shellWord(exampleRequest(endpoint));
    if (type === "srv" && endpoint !== undefined) say(`    ${micro} call ${name} ${endpoint.name} ${body}`);
    const path = endpoint && gatewayPath(alias, endpoint.name);
    if (type === "api" && path !== undefined) {
      say(`    curl -d ${body} -H 'content-type: application/json' ${url}${path}`);
    }
    if (type === "web") say(`    ${url}/${alias}/`);
  }
  for (const url of urls) say(`  ${url}`);
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
