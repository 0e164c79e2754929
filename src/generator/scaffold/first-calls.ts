import type { Method, Schema, ServiceDef } from "../schema/index.ts";
import { type Answers, routeName, type ServicePlace } from "./answers.ts";
import { gatewayPath } from "./gateway-path.ts";
import { packageManagerCommands } from "./package-manager.ts";
import type { ProjectService } from "./project-services.ts";
import { sampleRequest } from "./sample-request.ts";

export interface FirstCalls {
  readonly answers: Answers;
  readonly schema: Schema;
  readonly services: readonly ProjectService[];
  readonly place: ServicePlace;
}

/** Commands that show a service at work, the best one first; for people to copy. At least one, except without methods. */
export function firstCalls({ answers, schema, services, place }: FirstCalls): string[] {
  // A short name that two services share cannot be called by it.
  const callable = services.filter(({ ambiguous }) => !ambiguous);
  const methods = callable.flatMap((service) => service.methods.map(({ def }) => ({ service, def })));
  const unary = methods.find(({ def }) => def.kind === "unary");
  const stream = methods.find(({ def }) => def.kind === "serverStream");
  switch (place.type) {
    case "srv":
      return [unary, stream].flatMap((found) =>
        found === undefined ? [] : [microCall(answers, place.name, found.service, found.def, schema)],
      );
    case "api":
      return [
        ...(unary === undefined ? [] : curl(routeName(place), unary.service, unary.def, schema)),
        ...(unary === undefined ? [] : [microCall(answers, place.name, unary.service, unary.def, schema)]),
      ];
    case "web":
      return [`curl http://localhost:8082/${routeName(place)}/`];
  }
}

function microCall(
  { packageManager, alias }: Answers,
  name: string,
  { def: service }: ProjectService,
  method: Method,
  schema: Schema,
): string {
  const verb = method.kind === "unary" ? "call" : "stream";
  const request = shellQuote(JSON.stringify(sampleRequest(schema, method)));
  return packageManagerCommands(packageManager, alias).runWith(
    "micro",
    `${verb} ${name} ${service.name}.${method.name} ${request}`,
  );
}

function curl(alias: string, { def: service }: ProjectService, method: Method, schema: Schema): string[] {
  const path = gatewayPath(alias, service.name, method.name);
  if (path === undefined) return [];
  const body = shellQuote(JSON.stringify(sampleRequest(schema, method)));
  return [`curl -H 'content-type: application/json' -d ${body} http://localhost:8080${path}`];
}

/** A Markdown table: where the gateway serves each method. */
export function gatewayTable(alias: string, services: readonly ProjectService[]): string {
  const rows = services.flatMap(({ def: service, methods, ambiguous }) =>
    methods.map(({ def }) => {
      if (ambiguous)
        return `| \`${service.fullName}.${def.name}\` | none: two services are called ${service.name} |`;
      return `| \`${service.name}.${def.name}\` | ${placesOf(alias, service, def)} |`;
    }),
  );
  return ["| method | at the gateway, port 8080 |", "|---|---|", ...rows].join("\n");
}

/** Those of `google.api.http` first, because somebody chose them; then the path that every method has. */
function placesOf(alias: string, service: ServiceDef, method: Method): string {
  const path = gatewayPath(alias, service.name, method.name);
  const chosen = method.http.map((binding) => `${binding.method} ${binding.path}`);
  const places = [...chosen, ...(path === undefined ? [] : [`POST ${path}`])].map(tableCode);
  const where = places.length === 0 ? "no path leads to this name" : places.join(", ");
  if (method.kind === "unary") return where;
  const takes = method.kind === "serverStream" ? "" : ", takes one message";
  return `${where}${takes}; answers with newline-delimited JSON, one line per message. Or \`micro stream\``;
}

/** Code in a cell of a table: a path template may hold bars and anything else. */
function tableCode(text: string): string {
  return `\`${text.replace(/[`\r\n]/g, "").replaceAll("|", "\\|")}\``;
}

/** One word for a POSIX shell. */
export function shellQuote(text: string): string {
  return /^[A-Za-z0-9_./:=@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
