import { type MicroError, notImplemented } from "../errors/index.ts";
import type { Route } from "../protocol/index.ts";
import { nearMatches } from "../selector/index.ts";

/**
 * Finds methods by path. The full proto name wins; otherwise the last dotted element of the service decides, because
 * go-micro's clients put the name of the called service where gRPC has the package
 * (`go.micro.srv.greeter.Greeter/Hello` for `greeter.Greeter`).
 */
export class Router {
  readonly #serviceName: string;
  /** `greeter.Greeter` -> method name -> route. */
  readonly #services = new Map<string, Methods>();
  /** `greeter.Greeter/Hello` -> route: what nearly every call asks for, found without taking the path apart. */
  readonly #routes = new Map<string, Route>();
  /** `Greeter` -> full names that end in it. */
  readonly #shortNames = new Map<string, string[]>();

  constructor(serviceName: string) {
    this.#serviceName = serviceName;
  }

  /**
   * Throws TypeError when the service is there already. Internal ones (Debug, gRPC's health) make way for the
   * application's: of the same name they are replaced, and they have no part in a short name that it uses, too.
   *
   * @returns false when the application's service stays in place of an internal one
   */
  add(typeName: string, routes: Iterable<Route>, internal: boolean): boolean {
    const known = this.#services.get(typeName);
    if (known !== undefined && known.internal === internal)
      throw new TypeError(`${typeName} has a handler already`);
    if (known !== undefined && internal) return false;
    const byName = new Map([...routes].map((route) => [route.method.name, route]));
    this.#services.set(typeName, { typeName, byName, internal });
    for (const [name, route] of byName) this.#routes.set(`${typeName}/${name}`, route);
    const short = shortNameOf(typeName);
    const alike = this.#shortNames.get(short) ?? [];
    if (known === undefined) this.#shortNames.set(short, [...alike, typeName]);
    return true;
  }

  /** Takes `greeter.Greeter/Hello`. Throws MicroError 501 naming what is unknown, and what was perhaps meant. */
  route(path: string): Route {
    return this.#routes.get(path) ?? this.#otherwise(path);
  }

  #otherwise(path: string): Route {
    const slash = path.lastIndexOf("/");
    const service = path.slice(0, Math.max(0, slash));
    const method = path.slice(slash + 1);
    const methods = this.#services.get(service) ?? this.#byShortName(service);
    if (methods === undefined) {
      const near = nearMatches(shortNameOf(service), this.#shortNames.keys());
      throw this.#unknown(`unknown service ${service || path}${didYouMean(near)}`);
    }
    const route = methods.byName.get(method);
    if (route === undefined) {
      const near = nearMatches(method, methods.byName.keys());
      throw this.#unknown(`unknown method ${method} of ${methods.typeName}${didYouMean(near)}`);
    }
    return route;
  }

  /** True for what the runtime itself serves (Debug, gRPC's health), as opposed to the application. */
  isInternal(route: Route): boolean {
    return this.#services.get(route.method.service)?.internal === true;
  }

  #byShortName(service: string): Methods | undefined {
    const all = this.#shortNames.get(shortNameOf(service)) ?? [];
    const theirs = all.filter((typeName) => this.#services.get(typeName)?.internal === false);
    const candidates = theirs.length > 0 ? theirs : all;
    if (candidates.length > 1) {
      throw this.#unknown(`${service} is ambiguous: it may be ${candidates.join(" or ")}; use the full name`);
    }
    return candidates[0] === undefined ? undefined : this.#services.get(candidates[0]);
  }

  #unknown(detail: string): MicroError {
    return notImplemented(this.#serviceName, detail);
  }
}

/** The methods of one service of the schema. */
interface Methods {
  readonly typeName: string;
  readonly byName: ReadonlyMap<string, Route>;
  readonly internal: boolean;
}

function didYouMean(near: readonly string[]): string {
  return near.length === 0 ? "" : `; did you mean ${near.join(" or ")}?`;
}

/** `greeter.v1.Greeter` -> `Greeter`. */
export function shortNameOf(typeName: string): string {
  return typeName.slice(typeName.lastIndexOf(".") + 1);
}
