import type { ServiceType } from "../project/micro-json.ts";

export const PACKAGE_MANAGERS = ["npm", "pnpm", "yarn", "bun"] as const;
export type PackageManager = (typeof PACKAGE_MANAGERS)[number];

/**
 * Where a project gets our packages from. `packed`: tarballs in its `vendor/`. `registry`: version ranges. `link`: a
 * checkout on this machine.
 */
export const RUNTIME_SOURCES = ["packed", "registry", "link"] as const;
export type RuntimeSource = (typeof RUNTIME_SOURCES)[number];

/** What decides a project's files. Checked and complete; everything else is derived from it. */
export interface Answers {
  /** At least one, in the order of `serviceTypes`, no duplicates. Several make a workspace. */
  readonly types: readonly ServiceType[];
  /** `greeter`, `order-desk`. */
  readonly alias: string;
  /** `go.micro`, `com.example`. */
  readonly namespace: string;
  /** Full wire name; only with a single type. Default `<namespace>.<type>.<alias>`. */
  readonly fqdn: string | undefined;
  readonly packageManager: PackageManager;
  readonly runtime: RuntimeSource;
}

/** One service of the project. */
export interface ServicePlace {
  readonly type: ServiceType;
  /** Wire name: `go.micro.srv.greeter`. */
  readonly name: string;
  /** npm name: `greeter-srv`. */
  readonly packageName: string;
  /** Folder relative to the root, POSIX: `srv`, or `.` when the project is this one service. */
  readonly dir: string;
}

/** The services the answers ask for. */
export function servicePlaces({ types, alias, namespace, fqdn }: Answers): ServicePlace[] {
  return types.map((type) => ({
    type,
    name: fqdn ?? `${namespace}.${type}.${alias}`,
    packageName: `${alias}-${type}`,
    dir: types.length === 1 ? "." : type,
  }));
}

/** Wire name of the SRV that API and WEB call. */
export function backendName(answers: Answers): string {
  const srv = servicePlaces(answers).find(({ type }) => type === "srv");
  return srv?.name ?? `${answers.namespace}.srv.${answers.alias}`;
}

/** What gateway and web proxy call a service: the last word of its name. */
export function routeName({ name }: ServicePlace): string {
  return name.slice(name.lastIndexOf(".") + 1);
}
