import http from "node:http";
import https from "node:https";
import { MicroError, messageOf, unavailable } from "../../errors/index.ts";
import type { Cluster } from "./cluster.ts";
import type { Pod, PodChange } from "./pod.ts";

const ID = "go.micro.registry";
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/** Pods as they were at a moment, which `resourceVersion` names. */
export interface PodList {
  readonly pods: readonly Pod[];
  readonly resourceVersion: string;
}

export interface PodEvent {
  /** `ADDED`, `MODIFIED`, `DELETED`; others are of no interest. */
  readonly type: string;
  readonly pod: Pod;
}

/** What we ask of Kubernetes: list, watch and patch pods of one namespace. */
export interface Api {
  listPods(selector: string, signal?: AbortSignal | undefined): Promise<PodList>;
  /** What changes after `resourceVersion`. Ends or throws whenever the server likes. */
  watchPods(selector: string, resourceVersion: string, signal: AbortSignal): AsyncGenerator<PodEvent>;
  patchPod(name: string, change: PodChange): Promise<void>;
  close(): void;
}

/** Errors are MicroError 503 that name the server, also those that Kubernetes tells: it says what is missing. */
export function createApi(cluster: Cluster, timeoutMs: number): Api {
  const { url, namespace, ca } = cluster;
  const isTls = url.protocol === "https:";
  const agent = isTls ? new https.Agent({ keepAlive: true, ca }) : new http.Agent({ keepAlive: true });
  const where = `registry kubernetes (${url.host})`;

  async function send(
    method: string,
    path: string,
    { body, signal }: { body?: string; signal: AbortSignal },
  ): Promise<http.IncomingMessage> {
    const token = await cluster.token();
    const headers: http.OutgoingHttpHeaders = { accept: "application/json" };
    if (token !== undefined) headers.authorization = `Bearer ${token}`;
    if (body !== undefined) headers["content-type"] = "application/strategic-merge-patch+json";
    return new Promise((resolve, reject) => {
      const target = new URL(`/api/v1/namespaces/${encodeURIComponent(namespace)}${path}`, url);
      const request = (isTls ? https : http).request(target, { method, headers, agent, signal });
      request.on("socket", (socket) => socket.unref()); // held by the timer of `call`, while somebody waits
      request.on("response", resolve);
      request.on("error", reject);
      request.end(body);
    });
  }

  async function call(
    method: string,
    path: string,
    init: { body?: string; signal?: AbortSignal | undefined } = {},
  ) {
    const { signal, body } = init;
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), timeoutMs);
    try {
      const both = signal === undefined ? late.signal : AbortSignal.any([signal, late.signal]);
      const response = await send(method, path, { signal: both, ...(body === undefined ? {} : { body }) });
      return readAnswer(response, await readAll(response));
    } catch (cause) {
      signal?.throwIfAborted();
      if (MicroError.is(cause)) throw cause;
      const reason = late.signal.aborted
        ? `did not answer within ${timeoutMs} ms`
        : `cannot be reached: ${messageOf(cause)}`;
      throw Object.assign(unavailable(ID, `${where} ${reason}`), { cause });
    } finally {
      clearTimeout(timer);
    }
  }

  function readAnswer({ statusCode = 0 }: http.IncomingMessage, text: string): Json {
    const json = parse(text);
    if (json === undefined)
      throw unavailable(ID, `${where} does not answer like Kubernetes (HTTP ${statusCode})`);
    if (statusCode >= 200 && statusCode < 300) return json;
    throw unavailable(
      ID,
      `${where} refused with ${statusCode}: ${String(json.message ?? json.reason ?? "")}${hintFor(statusCode)}`,
    );
  }

  return {
    async listPods(selector, signal) {
      const { items, metadata } = await call("GET", `/pods?labelSelector=${encodeURIComponent(selector)}`, {
        signal,
      });
      const { resourceVersion } = isObject(metadata) ? metadata : {};
      return {
        pods: (Array.isArray(items) ? items : []).flatMap((item) => toPod(item) ?? []),
        resourceVersion: typeof resourceVersion === "string" ? resourceVersion : "",
      };
    },

    async *watchPods(selector, resourceVersion, signal) {
      const query = new URLSearchParams({ labelSelector: selector, resourceVersion, watch: "true" });
      const response = await send("GET", `/pods?${query}`, { signal });
      if (response.statusCode !== 200) readAnswer(response, await readAll(response));
      let rest = "";
      response.setEncoding("utf8");
      for await (const chunk of response as AsyncIterable<string>) {
        const lines = (rest + chunk).split("\n");
        rest = lines.pop() as string;
        if (rest.length > MAX_ANSWER_BYTES) throw new Error("answer too large");
        for (const line of lines) {
          const { type, object } = parse(line) ?? {};
          // What we know is too old, most likely: to be asked for again.
          if (type === "ERROR") return;
          const pod = toPod(object);
          if (typeof type === "string" && pod !== undefined) yield { type, pod };
        }
      }
    },

    async patchPod(name, { labels, annotations }) {
      const body = JSON.stringify({ metadata: { labels, annotations } });
      await call("PATCH", `/pods/${encodeURIComponent(name)}`, { body });
    },

    close: () => agent.destroy(),
  };
}

type Json = Record<string, unknown>;

function hintFor(status: number): string {
  if (status === 403) return "; the service account needs list, watch and patch on pods";
  return status === 404 ? "; HOSTNAME must name the pod we run in" : "";
}

function toPod(json: unknown): Pod | undefined {
  if (!isObject(json) || !isObject(json.metadata)) return undefined;
  const { name, annotations, deletionTimestamp } = json.metadata;
  if (typeof name !== "string") return undefined;
  const phase = isObject(json.status) ? json.status.phase : undefined;
  return {
    name,
    isRunning: phase === "Running" && deletionTimestamp === undefined,
    annotations: Object.fromEntries(
      Object.entries(isObject(annotations) ? annotations : {}).filter(
        (entry): entry is [string, string] => typeof entry[1] === "string",
      ),
    ),
  };
}

async function readAll(response: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_ANSWER_BYTES) throw new Error("answer too large");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function parse(text: string): Json | undefined {
  try {
    const json: unknown = JSON.parse(text);
    return isObject(json) ? json : undefined;
  } catch {
    return undefined;
  }
}

function isObject(json: unknown): json is Json {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}
