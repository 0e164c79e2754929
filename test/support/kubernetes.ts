import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A pod as the API tells it (`v1.Pod`), as far as anybody here looks. */
export interface FakePod {
  apiVersion: "v1";
  kind: "Pod";
  metadata: {
    name: string;
    namespace: string;
    resourceVersion: string;
    labels: Record<string, string>;
    annotations: Record<string, string>;
    deletionTimestamp?: string;
  };
  status: { phase: "Pending" | "Running" | "Succeeded" | "Failed" | "Unknown" };
}

interface Watcher {
  readonly selector: readonly [string, string];
  readonly response: ServerResponse;
  readonly seen: Set<string>;
}

/**
 * The part of a Kubernetes API server that registries use, written from the API's reference: pods of one namespace, listed and
 * watched by one label, patched by strategic merge. There is no cluster here to record one from. What it knows of watches:
 * they begin behind a resource version, an object that no longer fits the selector is DELETED for it, and they end when they are told to.
 */
export async function createFakeKubernetes(options: { readonly token?: string } = {}) {
  const pods = new Map<string, FakePod>();
  const history: { type: string; pod: FakePod }[] = [];
  const watchers = new Set<Watcher>();
  const requests: string[] = [];
  let version = 100;

  const fits = (pod: FakePod, [name, value]: readonly [string, string]) =>
    pod.metadata.labels[name] === value;
  const tell = (watcher: Watcher, type: string, pod: FakePod) => {
    const { name } = pod.metadata;
    const isIn = type !== "DELETED" && fits(pod, watcher.selector);
    const wasIn = watcher.seen.has(name);
    if (!isIn && !wasIn) return;
    if (isIn) watcher.seen.add(name);
    else watcher.seen.delete(name);
    const told = !isIn ? "DELETED" : wasIn ? "MODIFIED" : "ADDED";
    watcher.response.write(`${JSON.stringify({ type: told, object: pod })}\n`);
  };
  const changed = (type: string, pod: FakePod) => {
    version += 1;
    pod.metadata.resourceVersion = String(version);
    const copy = structuredClone(pod);
    history.push({ type, pod: copy });
    for (const watcher of watchers) tell(watcher, type, copy);
  };
  const status = (response: ServerResponse, code: number, reason: string, message: string) => {
    response.writeHead(code, { "content-type": "application/json" });
    response.end(
      JSON.stringify({ kind: "Status", apiVersion: "v1", status: "Failure", message, reason, code }),
    );
  };
  const merge = (target: Record<string, string>, change: Record<string, string | null> = {}) => {
    for (const [name, value] of Object.entries(change))
      if (value === null) delete target[name];
      else target[name] = value;
  };
  const invalid = (names: object = {}) =>
    Object.keys(names).find(
      (name) => !/^micro\.mu\/[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/.test(name),
    );

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "", "http://x");
    requests.push(`${request.method} ${request.url}`);
    if (options.token !== undefined && request.headers.authorization !== `Bearer ${options.token}`)
      return status(response, 401, "Unauthorized", "Unauthorized");
    const [, namespace, name] = /^\/api\/v1\/namespaces\/([^/]+)\/pods\/?([^/]*)$/.exec(url.pathname) ?? [];
    if (namespace !== "default")
      return status(response, 403, "Forbidden", `pods is forbidden in ${namespace}`);
    if (request.method === "PATCH") {
      const pod = pods.get(name ?? "");
      if (pod === undefined) return status(response, 404, "NotFound", `pods "${name}" not found`);
      if (request.headers["content-type"] !== "application/strategic-merge-patch+json")
        return status(
          response,
          415,
          "UnsupportedMediaType",
          "the body of the request was in an unknown format",
        );
      let body = "";
      for await (const chunk of request) body += chunk;
      const { metadata } = JSON.parse(body) as {
        metadata: { labels?: Record<string, string | null>; annotations?: Record<string, string | null> };
      };
      const wrong = invalid(metadata.labels) ?? invalid(metadata.annotations);
      if (wrong !== undefined) return status(response, 422, "Invalid", `Invalid value: "${wrong}"`);
      merge(pod.metadata.labels, metadata.labels);
      merge(pod.metadata.annotations, metadata.annotations);
      changed("MODIFIED", pod);
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify(pod));
      return;
    }
    const [label = "", value = ""] = (url.searchParams.get("labelSelector") ?? "").split("=");
    const selector = [label, value] as const;
    response.setHeader("content-type", "application/json");
    const found = [...pods.values()].filter((pod) => fits(pod, selector));
    if (url.searchParams.get("watch") !== "true") {
      response.end(
        JSON.stringify({
          kind: "PodList",
          apiVersion: "v1",
          metadata: { resourceVersion: String(version) },
          items: found,
        }),
      );
      return;
    }
    response.writeHead(200);
    response.flushHeaders();
    const from = url.searchParams.get("resourceVersion");
    const watcher: Watcher = { selector, response, seen: new Set() };
    if (from === null || from === "") for (const pod of found) tell(watcher, "ADDED", pod);
    else {
      // What was there at that moment is known; what came after is told.
      const past = new Map<string, FakePod>();
      for (const { type, pod } of history.filter(
        ({ pod }) => Number(pod.metadata.resourceVersion) <= Number(from),
      ))
        if (type === "DELETED") past.delete(pod.metadata.name);
        else past.set(pod.metadata.name, pod);
      for (const [known, pod] of past) if (fits(pod, selector)) watcher.seen.add(known);
      for (const { type, pod } of history.filter(
        ({ pod }) => Number(pod.metadata.resourceVersion) > Number(from),
      ))
        tell(watcher, type, pod);
    }
    watchers.add(watcher);
    response.on("close", () => watchers.delete(watcher));
  }

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");

  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    pod: (name: string) => pods.get(name),
    /** The kubelet started it. */
    addPod(name: string, phase: FakePod["status"]["phase"] = "Running") {
      const metadata = { name, namespace: "default", resourceVersion: "0", labels: {}, annotations: {} };
      const pod: FakePod = { apiVersion: "v1", kind: "Pod", metadata, status: { phase } };
      pods.set(name, pod);
      changed("ADDED", pod);
    },
    setPhase(name: string, phase: FakePod["status"]["phase"]) {
      const pod = pods.get(name);
      if (pod === undefined) return;
      pod.status.phase = phase;
      changed("MODIFIED", pod);
    },
    removePod(name: string) {
      const pod = pods.get(name);
      if (pod === undefined) return;
      pods.delete(name);
      changed("DELETED", pod);
    },
    annotate(name: string, annotation: string, text: string, labels: Record<string, string> = {}) {
      const pod = pods.get(name);
      if (pod === undefined) return;
      pod.metadata.annotations[annotation] = text;
      merge(pod.metadata.labels, labels);
      changed("MODIFIED", pod);
    },
    /** Ends all watches; with `error`, as for a version that is too old. */
    endWatches(error = false) {
      for (const { response } of watchers) {
        const gone = { kind: "Status", apiVersion: "v1", status: "Failure", reason: "Expired", code: 410 };
        if (error) response.write(`${JSON.stringify({ type: "ERROR", object: gone })}\n`);
        response.end();
      }
      watchers.clear();
    },
    get watches() {
      return watchers.size;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
