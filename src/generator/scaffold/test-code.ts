import { memberAccess } from "../emit/naming.ts";
import type { Schema } from "../schema/schema.ts";
import { sampleObject } from "./copy-fields.ts";
import { type CodeFile, createCodeFile } from "./generated-code.ts";
import type { ProjectMethod, ProjectService } from "./project-services.ts";
import { standIn } from "./stand-in-code.ts";

/** Text of `test/<service>.test.ts` of an SRV project: each method called in memory, through the typed client. */
export function srvTest(schema: Schema, service: ProjectService, name: string): string {
  const { def, variable } = service;
  return testFile(schema, service, (file) => {
    const handler = file.value(`/src/handler/${service.fileName}`, service.className);
    return `await network.service({
  name: ${JSON.stringify(name)},
  setup: ({ server }) => ${file.registerHandler(def)}(server, new ${handler}()),
});
const ${variable} = ${file.createClient(def)}(network.client, ${JSON.stringify(name)});
`;
  });
}

/** Text of `test/<service>.test.ts` of an API project: the API and a stand-in for SRV, both in memory. */
export function apiTest(schema: Schema, service: ProjectService, name: string, backend: string): string {
  const { def, variable } = service;
  return testFile(schema, service, (file) => {
    const handler = file.value(`/src/handler/${service.fileName}`, service.className);
    const register = file.registerHandler(def);
    const create = file.createClient(def);
    return `${standIn(file, service)}
await network.service({
  name: ${JSON.stringify(backend)},
  setup: ({ server }) => ${register}(server, srv),
});
await network.service({
  name: ${JSON.stringify(name)},
  setup: ({ server, client }) =>
    ${register}(server, new ${handler}(${create}(client, ${JSON.stringify(backend)}))),
});
const ${variable} = ${create}(network.client, ${JSON.stringify(name)});
`;
  });
}

/** A test file with one test per method; `setUp` defines the client the tests call. */
function testFile(schema: Schema, service: ProjectService, setUp: (file: CodeFile) => string): string {
  const declared = [service.variable, "network", "srv", "all", "each", "assert", "response"];
  const file = createCodeFile(schema, `test/${service.fileName}.test.ts`, declared);
  for (const name of ["after", "test"]) file.value("node:test", name);
  file.value("@micro-service/runtime/testing", "createTestNetwork");
  const tests = service.methods.map((method) => methodTest(service, method));
  if (tests.length === 0) {
    tests.push(`test("${service.def.name} has a client", () => assert.ok(${service.variable}));\n`);
  }
  return file.print(
    `const network = createTestNetwork({ time: "virtual" });
after(() => network.close());

${setUp(file)}
${[...tests, ...streamHelpers(service)].join("\n")}`,
    ['import assert from "node:assert/strict";'],
  );
}

function methodTest(
  { def: service, variable }: ProjectService,
  { def, property, answer }: ProjectMethod,
): string {
  const request = sampleObject(answer);
  const call = `${variable}.${property}`;
  const expect = (response: string) =>
    answer.samples.length === 0
      ? `  assert.notEqual(${response.replace("?", "")}, undefined);\n`
      : answer.samples
          .map(({ to, code }) => `  assert.equal(${response}${memberAccess(to)}, ${code});\n`)
          .join("");
  const body = {
    unary: `  const response = await ${call}(${request});\n${expect("response")}`,
    serverStream: `  const [response] = await all(${call}(${request}));\n${expect("response?")}`,
    clientStream: `  const response = await ${call}(each(${request}));\n${expect("response")}`,
    bidiStream: `  const [response] = await all(${call}(each(${request})));\n${expect("response?")}`,
  }[def.kind];
  return `test(${JSON.stringify(`${service.name}.${def.name} answers`)}, async () => {\n${body}});\n`;
}

/** Small functions for streams, when a method needs them. */
function streamHelpers({ methods }: ProjectService): string[] {
  const kinds = new Set(methods.map(({ def }) => def.kind));
  const sends = kinds.has("clientStream") || kinds.has("bidiStream");
  const receives = kinds.has("serverStream") || kinds.has("bidiStream");
  return [
    ...(sends
      ? ["async function* each<T>(...messages: T[]): AsyncGenerator<T> {\n  yield* messages;\n}\n"]
      : []),
    ...(receives
      ? [
          `async function all<T>(messages: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const message of messages) found.push(message);
  return found;
}
`,
        ]
      : []),
  ];
}
