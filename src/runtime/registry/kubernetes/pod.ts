import { createHash } from "node:crypto";
import { parseService, serviceToJson } from "../record-json.ts";
import { groupByVersion } from "../records.ts";
import type { Service } from "../service.ts";

// go-plugins `registry/kubernetes`.
const TYPE_LABEL = "micro.mu/type";
const SELECTOR_PREFIX = "micro.mu/selector-";
const SERVICE_PREFIX = "micro.mu/service-";
/** What Kubernetes' 63 characters behind the slash leave of a label's name, and of that of an annotation with a digest. */
const MAX_LABEL = 54;
const MAX_BEFORE_DIGEST = 46;

/** What we look at of a pod. */
export interface Pod {
  readonly name: string;
  /** Only what runs can be called. */
  readonly isRunning: boolean;
  readonly annotations: Readonly<Record<string, string>>;
}

/** Labels and annotations to set; `null` takes one away. */
export interface PodChange {
  readonly labels: Readonly<Record<string, string | null>>;
  readonly annotations: Readonly<Record<string, string | null>>;
}

/** Which pods to ask for: those of one service, or all that have one. */
export function selectorOf(service?: string | undefined): string {
  return service === undefined ? `${TYPE_LABEL}=service` : `${SELECTOR_PREFIX}${plainName(service)}=service`;
}

/** False for names that Kubernetes takes for no label: too long, or not beginning and ending with a letter or digit. */
export function isLabelName(service: string): boolean {
  const name = plainName(service);
  return name.length <= MAX_LABEL && /[A-Za-z0-9]$/.test(name);
}

/**
 * What a pod says of one service that it runs: an annotation as go-micro writes it, with all nodes of the pod. It has room
 * for one version; others go into annotations of their own, which go-micro finds when it lists, and we always.
 */
export function announce(service: string, records: readonly Service[]): PodChange {
  const versions = groupByVersion(records);
  const annotations: Record<string, string> = {};
  for (const [index, record] of versions.entries()) {
    const name = plainName(service);
    const own = index === 0 ? name : `${name.slice(0, MAX_BEFORE_DIGEST)}-${digestOf(record.version)}`;
    annotations[`${SERVICE_PREFIX}${own}`] = JSON.stringify(serviceToJson(record));
  }
  return {
    labels: {
      [TYPE_LABEL]: "service",
      [`${SELECTOR_PREFIX}${plainName(service)}`]: versions.length > 0 ? "service" : null,
    },
    annotations,
  };
}

/** The change from what was announced before; go-micro leaves the label of the type where it is, too. */
export function changeOf(before: PodChange | undefined, now: PodChange): PodChange {
  const gone = Object.keys(before?.annotations ?? {}).filter((name) => !(name in now.annotations));
  return {
    labels: now.labels,
    annotations: { ...Object.fromEntries(gone.map((name) => [name, null])), ...now.annotations },
  };
}

/** The records of a pod that runs; whatever is none is passed over. */
export function recordsOf({ isRunning, annotations }: Pod): Service[] {
  if (!isRunning) return [];
  return Object.entries(annotations).flatMap(([name, text]) => {
    if (!name.startsWith(SERVICE_PREFIX)) return [];
    try {
      return parseService(JSON.parse(text)) ?? [];
    } catch {
      return []; // anybody who may patch pods may write there
    }
  });
}

/** `go/micro` -> `go_micro`, as go-micro does. */
function plainName(service: string): string {
  return Buffer.from(service, "utf8")
    .toString("latin1")
    .replace(/[^-A-Za-z0-9_.]/g, "_");
}

function digestOf(version: string): string {
  return createHash("sha1").update(version).digest("hex").slice(0, 8);
}
