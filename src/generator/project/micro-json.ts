import type { Int64Type } from "../emit/emit.ts";

/** The user's description of a project, in its root. */
export const microJsonPath = "micro.json";

export const serviceTypes = ["srv", "api", "web"] as const;
export type ServiceType = (typeof serviceTypes)[number];

export interface MicroJsonService {
  /** Full name on the wire: `go.micro.srv.greeter`. */
  readonly name: string;
  readonly type: ServiceType;
  /** Folder relative to the root, POSIX separators; `.` for the root itself. */
  readonly dir: string;
}

/** micro.json as data. */
export interface MicroJson {
  /** `go.micro` */
  readonly namespace: string;
  readonly services: readonly MicroJsonService[];
  /** Include roots, relative to the root. */
  readonly proto: readonly string[];
  /** Where generated code goes, relative to each service's folder. Default `src/gen`. */
  readonly out?: string;
  /** Extension of relative imports in generated code. Default `ts`. */
  readonly importExtension?: "ts" | "js";
  /** What 64-bit integers are in generated code. Default `bigint`. */
  readonly int64?: Int64Type;
  /** Which changes of the schema are refused: those that break this, or something worse. Default `json`. */
  readonly compatibility?: Compatibility;
  /** Changes that are made all the same. */
  readonly allow?: readonly AllowedChange[];
}

/** Whom a change of the schema must not break: peers by protobuf alone, also those by JSON, also source code; or nobody. */
export const compatibilities = ["wire", "json", "source", "none"] as const;
export type Compatibility = (typeof compatibilities)[number];

/** Stands for the reason in what a refusal prints to be pasted; as a reason it is none. */
export const reasonPlaceholder = "why nobody minds";

/** A change that breaks somebody and was decided. */
export interface AllowedChange {
  /** `field-deleted` */
  readonly rule: string;
  /** `shop.Order.age` */
  readonly name: string;
  /** Why nobody minds. */
  readonly reason: string;
}

/** The text of a new micro.json, keys in the order they have. */
export function formatMicroJson(value: MicroJson): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
