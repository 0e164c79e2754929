import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { badRequest } from "../../errors/index.ts";

/** Where the API is, who we are there, and which pod we run in. */
export interface Cluster {
  readonly url: URL;
  readonly namespace: string;
  readonly pod: string;
  /** PEM of the authority that signed the API server's certificate; undefined: those that Node knows. */
  readonly ca: string | undefined;
  /** Read anew for each request: the kubelet replaces it every hour. Undefined: none is sent. */
  readonly token: () => Promise<string | undefined>;
}

export interface ClusterOptions {
  /** `http://127.0.0.1:8001`, for instance of `kubectl proxy`: no token is sent. Default: the cluster we run in. */
  readonly address?: string | undefined;
  /** Default: the pod's own; with `address`, `default`. */
  readonly namespace?: string | undefined;
  /** Default: `HOSTNAME`, which Kubernetes sets, else the machine's name. */
  readonly pod?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What Kubernetes mounts into each pod. Default: its usual place. */
  readonly serviceAccountFolder?: string | undefined;
}

const SERVICE_ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";

/** Throws MicroError 400 when there is neither an address nor a cluster around us. */
export function findCluster(options: ClusterOptions): Cluster {
  const { address, env, serviceAccountFolder: folder = SERVICE_ACCOUNT } = options;
  const pod = options.pod ?? env.HOSTNAME ?? hostname();
  if (address !== undefined && address !== "") {
    const url = URL.canParse(address) ? new URL(address) : undefined;
    if (url?.protocol !== "http:" && url?.protocol !== "https:") {
      throw refuse(`${address} is no address of an API server, such as http://127.0.0.1:8001`);
    }
    return {
      url,
      namespace: options.namespace ?? "default",
      pod,
      ca: undefined,
      token: async () => undefined,
    };
  }
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port = "443" } = env;
  if (host === undefined || host === "") {
    throw refuse(
      "this is no pod (KUBERNETES_SERVICE_HOST is not set): name the API server, such as http://127.0.0.1:8001",
    );
  }
  const read = (name: string) => readFileSync(join(folder, name), "utf8").trim();
  try {
    return {
      url: new URL(`https://${host.includes(":") ? `[${host}]` : host}:${port}`),
      namespace: options.namespace ?? read("namespace"),
      pod,
      ca: read("ca.crt"),
      token: async () => (await readFile(join(folder, "token"), "utf8")).trim(),
    };
  } catch (cause) {
    throw Object.assign(
      refuse(`the pod has no service account in ${folder} (automountServiceAccountToken)`),
      { cause },
    );
  }
}

function refuse(reason: string): Error {
  return badRequest("go.micro.registry", `registry kubernetes: ${reason}`);
}
