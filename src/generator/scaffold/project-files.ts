import { join } from "node:path";
import { emitSchema } from "../emit/index.ts";
import { formatMicroJson, type JsonValue, type ServiceType, type WantedFile } from "../project/index.ts";
import type { Schema } from "../schema/index.ts";
import { type Answers, backendName, type ServicePlace, servicePlaces } from "./answers.ts";
import type { Bundles } from "./bundles.ts";
import { dockerfile } from "./dockerfile.ts";
import { forwardingHandler } from "./forwarder-code.ts";
import { starterHandler } from "./handler-code.ts";
import { apiMain, srvMain } from "./main-code.ts";
import { packageManagerFiles, servicePackageJson, workspacePackageJson } from "./package-json.ts";
import type { ProjectService } from "./project-services.ts";
import type { ProtoSource } from "./proto-source.ts";
import { serviceReadme, workspaceReadme } from "./readme.ts";
import { renderTemplate, type TemplateValues } from "./render.ts";
import { ScaffoldError } from "./scaffold-error.ts";
import { apiTest, srvTest } from "./test-code.ts";
import { pageMethod, webForm, webMain, webTest } from "./web-code.ts";

/** Everything a project is made from. */
export interface ProjectParts {
  readonly answers: Answers;
  readonly schema: Schema;
  readonly protos: ProtoSource;
  readonly services: readonly ProjectService[];
  /** The schema is our starter, for which there are real handlers. */
  readonly starter: boolean;
  readonly bundles: Bundles;
  /** Absolute folder of the templates. */
  readonly templates: string;
}

interface ServiceParts extends ProjectParts {
  readonly place: ServicePlace;
  readonly backend: string;
}

type Texts = ReadonlyMap<string, string>;

/** Every file of a new project. Pure but for reading templates: the same parts give the same files. */
export function projectFiles(parts: ProjectParts): WantedFile[] {
  const { answers, schema, protos, services, bundles } = parts;
  const places = servicePlaces(answers);
  if (services.length === 0) {
    throw new ScaffoldError(
      "schema",
      "The schema declares no service, so there is nothing to serve. Add one.",
    );
  }
  const generated = emitSchema(schema);
  return [
    ...rootFiles(parts, places),
    ...protos.files.map(
      ({ path, content }): WantedFile => ({ path: `proto/${path}`, content, class: "scaffolded" }),
    ),
    ...bundles.files.map(({ path, content }): WantedFile => ({ path, content, class: "scaffolded" })),
    ...places.flatMap((place) => [
      ...generated.map(
        ({ path, content }): WantedFile => ({
          path: below(place.dir, `src/gen/${path}`),
          content,
          class: "generated",
        }),
      ),
      ...serviceFiles({ ...parts, place, backend: backendName(answers) }),
    ]),
  ];
}

/** What the manifest remembers of the questions. */
export function manifestAnswers({ types, alias, namespace, fqdn, packageManager, runtime }: Answers): {
  readonly [key: string]: JsonValue;
} {
  return { types, name: alias, namespace, ...(fqdn !== undefined && { fqdn }), packageManager, runtime };
}

function rootFiles(
  { answers, schema, services, bundles, templates }: ProjectParts,
  places: readonly ServicePlace[],
): WantedFile[] {
  const single = places.length === 1;
  const texts = new Map<string, string>([
    [
      "micro.json",
      formatMicroJson({
        namespace: answers.namespace,
        services: places.map(({ name, type, dir }) => ({ name, type, dir })),
        proto: ["proto"],
      }),
    ],
    ...templateTexts(templates, "root"),
    ...packageManagerFiles(answers.packageManager, single ? [] : places.map(({ dir }) => dir)).map(
      ({ path, content }) => [path, content] as const,
    ),
  ]);
  if (!single) {
    texts.set("package.json", workspacePackageJson(places, answers, bundles));
    const values = workspaceReadme({ answers, schema, services }, places);
    for (const [path, text] of templateTexts(templates, "workspace", values)) texts.set(path, text);
  }
  return wanted(texts, ".");
}

function serviceFiles(parts: ServiceParts): WantedFile[] {
  const { place, answers, bundles, templates, starter, backend } = parts;
  const texts = new Map<string, string>([
    ...templateTexts(templates, "service"),
    ...templateTexts(templates, place.type, serviceReadme(parts, place)),
    ["package.json", servicePackageJson(place, answers, bundles)],
    ["Dockerfile", dockerfile(place, servicePlaces(answers), answers)],
    ...codeFiles[place.type](parts),
    ...(starter ? starterTexts(templates, place, backend) : []),
  ]);
  return wanted(texts, place.dir);
}

const codeFiles: Readonly<Record<ServiceType, (parts: ServiceParts) => Texts>> = {
  srv: ({ schema, services, place }) =>
    new Map([
      ["src/main.ts", srvMain(schema, services, place.name)],
      ...services.flatMap((service) => [
        [`src/handler/${service.fileName}.ts`, starterHandler(schema, service)] as const,
        [`test/${service.fileName}.test.ts`, srvTest(schema, service, place.name)] as const,
      ]),
    ]),
  api: ({ schema, services, place, backend }) =>
    new Map([
      ["src/main.ts", apiMain(schema, services, place.name, backend)],
      ...services.flatMap((service) => [
        [`src/handler/${service.fileName}.ts`, forwardingHandler(schema, service)] as const,
        [`test/${service.fileName}.test.ts`, apiTest(schema, service, place.name, backend)] as const,
      ]),
    ]),
  web: ({ schema, services, place, backend }) => {
    const page = pageMethod(services);
    if (page === undefined)
      throw new ScaffoldError("schema", "No service has a method, so a page has nothing to call.");
    return new Map([
      ["src/main.ts", webMain(schema, page, place.name, backend)],
      ["src/form.ts", webForm(schema, page)],
      ["test/app.test.ts", webTest(schema, page, place.name, backend)],
    ]);
  },
};

/** Real handlers and tests for the starter schema, in place of the general ones. */
function starterTexts(templates: string, { type, name }: ServicePlace, backend: string): Texts {
  return templateTexts(templates, join("starter", type), { name, backend });
}

function templateTexts(templates: string, folder: string, values: TemplateValues = {}): Texts {
  return new Map(renderTemplate(templates, folder, values).map(({ path, content }) => [path, content]));
}

function wanted(texts: Texts, dir: string): WantedFile[] {
  return [...texts].map(([path, content]) => ({
    path: below(dir, path),
    content,
    class: path.startsWith("src/handler/") ? "managed" : "scaffolded",
  }));
}

function below(dir: string, path: string): string {
  return dir === "." ? path : `${dir}/${path}`;
}
