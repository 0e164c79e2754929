import { propertyKey } from "../emit/naming.ts";
import type { Method, Schema } from "../schema/schema.ts";
import { firstLine, formFields } from "./form-fields.ts";
import { createCodeFile } from "./generated-code.ts";
import type { ProjectMethod, ProjectService } from "./project-services.ts";
import { sampleRequest } from "./sample-request.ts";
import { standIn } from "./stand-in-code.ts";

/** The method a WEB project's page calls. */
export interface PageMethod {
  readonly service: ProjectService;
  readonly method: ProjectMethod;
}

/**
 * The first unary method whose request is a message of the user's; without one, what comes closest. Undefined when the
 * services have no methods.
 */
export function pageMethod(services: readonly ProjectService[]): PageMethod | undefined {
  const all = services.flatMap((service) => service.methods.map((method) => ({ service, method })));
  const ownRequest = ({ def }: ProjectMethod) => !def.input.startsWith("google.protobuf.");
  return (
    all.find(({ method }) => method.def.kind === "unary" && ownRequest(method)) ??
    all.find(({ method }) => method.def.kind === "unary") ??
    all.find(({ method }) => ownRequest(method)) ??
    all[0]
  );
}

/** Text of `src/main.ts` of a WEB project. */
export function webMain(schema: Schema, { service }: PageMethod, name: string, backend: string): string {
  const file = createCodeFile(schema, "src/main.ts", ["service"]);
  const createWebService = file.value("@micro-service/runtime", "createWebService");
  const createApp = file.value("/src/app", "createApp");
  return file.print(`const service = await ${createWebService}({
  name: ${JSON.stringify(name)},
  staticDir: new URL("../public/", import.meta.url), // the same from src/ and from dist/
});
service.handle(${createApp}(${file.createClient(service.def)}(service.client, ${JSON.stringify(backend)})));

// Listens, registers and serves; on SIGTERM finishes what runs and exits with 0.
await service.run();
`);
}

/** Text of `src/form.ts`: what the page asks, and the call it makes. */
export function webForm(schema: Schema, { service, method }: PageMethod): string {
  const { def } = method;
  const file = createCodeFile(schema, "src/form.ts", [
    "Backend",
    "title",
    "description",
    "fields",
    "send",
    "once",
  ]);
  const json = file.type("@micro-service/runtime/protobuf", "JsonValue");
  const fields = formFields(schema, def.input).map((field) => {
    const entries = Object.entries(field).map(
      ([key, value]) => `${propertyKey(key)}: ${JSON.stringify(value)}`,
    );
    return `  { ${entries.join(", ")} },\n`;
  });
  const name = `${service.def.name}.${def.name}`;
  const description = firstLine(def.comment) ?? `Calls ${name}.`;
  return file.print(`/** What the page calls. */
export type Backend = ${file.client(service.def)};

export const title = ${JSON.stringify(name)};
export const description = ${JSON.stringify(description)};

/** What the page asks for. */
export const fields: readonly ${file.type("/src/form-data", "FormField")}[] = [
${fields.join("")}];

/** Calls ${name}. Request and response are proto3 JSON. */
export async function send(backend: Backend, request: ${json}): Promise<${json}> {
${sendBody(method, json, file.messageValue(def.input), file.messageValue(def.output))}}
${isClientStream(def) ? "\nasync function* once<T>(message: T): AsyncGenerator<T> {\n  yield message;\n}\n" : ""}`);
}

function sendBody({ def, property }: ProjectMethod, json: string, input: string, output: string): string {
  const message = `${input}.fromJson(request)`;
  const call = `backend.${property}(${isClientStream(def) ? `once(${message})` : message})`;
  const toJson = (response: string) => `${output}.toJson(${response}, { emitDefaults: true })`;
  if (def.kind === "unary" || def.kind === "clientStream") {
    return `  const response = await ${call};\n  return ${toJson("response")};\n`;
  }
  return `  const responses: ${json}[] = [];
  for await (const response of ${call}) {
    responses.push(${toJson("response")});
    if (responses.length === 20) break; // enough for a page
  }
  return responses;
`;
}

/** Text of `test/app.test.ts`: the app on a free port, a stand-in for SRV in memory. */
export function webTest(schema: Schema, page: PageMethod, name: string, backend: string): string {
  const { service, method } = page;
  const file = createCodeFile(schema, "test/app.test.ts", ["network", "web", "srv", "assert"]);
  for (const imported of ["after", "test"]) file.value("node:test", imported);
  file.value("@micro-service/runtime/testing", "createTestNetwork");
  file.value("/src/app", "createApp");
  const request = sampleRequest(schema, method.def);
  const shared = method.answer.samples.filter(({ field }) => Object.hasOwn(request, field.jsonName));
  const isList = method.def.kind === "serverStream" || method.def.kind === "bidiStream";
  const first = isList ? "answer[0]?." : "answer";
  const expectations = shared.map(
    ({ field, json }) =>
      `  assert.equal(${first}[${JSON.stringify(field.jsonName)}], ${JSON.stringify(json)});\n`,
  );
  return file.print(
    `const network = createTestNetwork({ time: "virtual" });
after(() => network.close());

${standIn(file, service)}
await network.service({
  name: ${JSON.stringify(backend)},
  setup: ({ server }) => ${file.registerHandler(service.def)}(server, srv),
});
const web = await network.web({
  name: ${JSON.stringify(name)},
  staticDir: new URL("../../public/", import.meta.url),
  setup: (service) =>
    service.handle(createApp(${file.createClient(service.def)}(service.client, ${JSON.stringify(backend)}))),
});

test("the page has a form", async () => {
  const response = await fetch(\`\${web.url}/\`);
  assert.equal(response.status, 200);
  assert.match(await response.text(), /<form/);
});

test("behind micro web, links start at its prefix", async () => {
  const response = await fetch(\`\${web.url}/\`, { headers: { "x-micro-web-base-path": "/prefix" } });
  assert.match(await response.text(), /<base href="\\/prefix\\/">/);
});

test("style and script are served", async () => {
  for (const file of ["app.css", "app.js", "icon.svg"]) {
    const response = await fetch(\`\${web.url}/\${file}\`);
    assert.equal(response.status, 200, file);
    await response.arrayBuffer();
  }
});

test("the JSON endpoint answers what SRV answers", async () => {
  const response = await fetch(\`\${web.url}/call\`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(${JSON.stringify(request)}),
  });
  assert.equal(response.status, 200);
  const answer = ${expectations.length > 0 ? `(await response.json()) as Record<string, unknown>${isList ? "[]" : ""}` : "await response.json()"};
${expectations.length > 0 ? expectations.join("") : "  assert.notEqual(answer, undefined);\n"}});

test("the form works without JavaScript", async () => {
  const response = await fetch(\`\${web.url}/\`, { method: "POST", body: new URLSearchParams(${formBody(schema, page)}) });
  assert.equal(response.status, 200);
  assert.match(await response.text(), /<pre>/);
});

test("what is not JSON gets 400", async () => {
  const response = await fetch(\`\${web.url}/call\`, { method: "POST", body: "{" });
  assert.equal(response.status, 400);
  assert.match(await response.text(), /not JSON/);
});
`,
    ['import assert from "node:assert/strict";'],
  );
}

function formBody(schema: Schema, { method }: PageMethod): string {
  const entries = Object.entries(sampleRequest(schema, method.def)).map(([name, value]) => [
    name,
    String(value),
  ]);
  return JSON.stringify(entries);
}

function isClientStream({ kind }: Method): boolean {
  return kind === "clientStream" || kind === "bidiStream";
}
