import type { Schema } from "../schema/index.ts";
import { type Answers, backendName, routeName, type ServicePlace } from "./answers.ts";
import { firstCalls, gatewayTable } from "./first-calls.ts";
import { type PackageManagerCommands, packageManagerCommands } from "./package-manager.ts";
import type { ProjectService } from "./project-services.ts";
import type { TemplateValues } from "./render.ts";

export interface ReadmeParts {
  readonly answers: Answers;
  readonly schema: Schema;
  readonly services: readonly ProjectService[];
}

/** Values for the README of one service. */
export function serviceReadme(
  { answers, schema, services }: ReadmeParts,
  place: ServicePlace,
): TemplateValues {
  const commands = packageManagerCommands(answers.packageManager, answers.alias);
  const backend = backendName(answers);
  const served = services.map(({ def }) => `\`${def.fullName}\``).join(", ");
  const single = place.dir === ".";
  const srvIsHere = answers.types.includes("srv");
  const running = srvIsHere ? "While `dev` runs, from" : `While \`dev\` and \`${backend}\` run, from`;
  return {
    packageName: place.packageName,
    alias: routeName(place),
    intro: {
      srv: `\`${place.name}\`: the service that implements ${served}.`,
      api: `\`${place.name}\`: serves ${served} to the API gateway and forwards every call to \`${backend}\`.`,
      web: `\`${place.name}\`: a web application that calls \`${backend}\`.`,
    }[place.type],
    ...scripts(commands, answers),
    start: commands.run("start"),
    callIntro:
      place.type === "web"
        ? `${running} another terminal; or open http://localhost:8082/${routeName(place)}/ in a browser:`
        : `${running} another terminal:`,
    calls: firstCalls({ answers, schema, services, place }).join("\n"),
    table: gatewayTable(routeName(place), services),
    protoDir: single ? "proto/" : "../proto/",
    gateway: `micro ${place.type} --namespace ${place.name.slice(0, place.name.lastIndexOf("."))}`,
    docker: `docker build ${single ? "" : `-f ${place.dir}/Dockerfile `}-t ${place.packageName} .`,
  };
}

/** Values for the README of a workspace's root. */
export function workspaceReadme(
  { answers, schema, services }: ReadmeParts,
  places: readonly ServicePlace[],
): TemplateValues {
  const commands = packageManagerCommands(answers.packageManager, answers.alias);
  const rows = places.map(({ dir, name, type }) => `| \`${dir}/\` | \`${name}\` | ${ROLES[type]} |`);
  const api = places.find(({ type }) => type === "api");
  return {
    alias: answers.alias,
    intro: ["| folder | service | |", "|---|---|---|", ...rows].join("\n"),
    ...scripts(commands, answers),
    calls: places.flatMap((place) => firstCalls({ answers, schema, services, place }).slice(0, 1)).join("\n"),
    table: api === undefined ? "" : gatewayTable(routeName(api), services),
  };
}

const ROLES = {
  srv: "does the work",
  api: "serves the gateway, calls SRV",
  web: "serves pages, calls SRV",
} as const;

function scripts(commands: PackageManagerCommands, { types }: Answers) {
  const edges = [
    ...(types.includes("api") ? ["the gateway on port 8080"] : []),
    ...(types.includes("web") ? ["the web proxy on port 8082"] : []),
  ].join(" and ");
  const what = types.length === 1 ? "the service" : "all services";
  return {
    devText: `\`dev\` builds and starts ${what}${edges === "" ? "" : ` with ${edges}`}, and restarts on every change. Ctrl-C stops all.\nEverything stays on this machine.`,
    check: commands.runWith("gen", "--check"),
    install: commands.install,
    build: commands.run("build"),
    test: commands.run("test"),
    dev: commands.run("dev"),
    gen: commands.run("gen"),
  };
}
