import type { Schema } from "../schema/schema.ts";
import { sampleObject } from "./copy-fields.ts";
import { propertyName } from "./generated-code.ts";
import { createImports, type Imports } from "./imports.ts";
import { modulePath, relativeModule } from "./module-path.ts";
import type { ProjectMethod, ProjectService } from "./project-services.ts";
import { standIn } from "./stand-in-code.ts";

const RUNTIME_TESTING = "@micro-service/runtime/testing";

/** Text of `test/<service>.test.ts` of an SRV project: each method called in memory, through the typed client. */
export function srvTest(service: ProjectService, name: string): string {
  const test = startTest(service);
  const handler = test.imports.value(
    relativeModule(test.file, `src/handler/${service.fileName}.ts`),
    service.className,
  );
  return test.print(`await network.service({
  name: ${JSON.stringify(name)},
  setup: ({ server }) => ${test.register}(server, new ${handler}()),
});
const ${service.variable} = ${test.createClient}(network.client, ${JSON.stringify(name)});
`);
}

/** Text of `test/<service>.test.ts` of an API project: the API and a stand-in for SRV, both in memory. */
export function apiTest(schema: Schema, service: ProjectService, name: string, backend: string): string {
  const test = startTest(service);
  const handler = test.imports.value(
    relativeModule(test.file, `src/handler/${service.fileName}.ts`),
    service.className,
  );
  return test.print(`${standIn(schema, test.file, test.imports, service)}
await network.service({
  name: ${JSON.stringify(backend)},
  setup: ({ server }) => ${test.register}(server, srv),
});
await network.service({
  name: ${JSON.stringify(name)},
  setup: ({ server, client }) =>
    ${test.register}(server, new ${handler}(${test.createClient}(client, ${JSON.stringify(backend)}))),
});
const ${service.variable} = ${test.createClient}(network.client, ${JSON.stringify(name)});
`);
}

interface TestFile {
  readonly file: string;
  readonly imports: Imports;
  readonly createClient: string;
  readonly register: string;
  /** The whole file, with `setUp` behind the network's declaration. */
  print(setUp: string): string;
}

function startTest(service: ProjectService): TestFile {
  const file = `test/${service.fileName}.test.ts`;
  const imports = createImports([service.variable, "network", "srv", "all", "each", "response"]);
  const { createClient, registerHandler } = service.symbols;
  imports.defaultValue("node:assert/strict", "assert");
  imports.value("node:test", "after");
  imports.value("node:test", "test");
  imports.value(RUNTIME_TESTING, "createTestNetwork");
  return {
    file,
    imports,
    createClient: imports.value(modulePath(file, createClient), createClient.name),
    register: imports.value(modulePath(file, registerHandler), registerHandler.name),
    print: (setUp) => {
      const tests = service.methods.map((method) => methodTest(service, method));
      if (tests.length === 0) {
        tests.push(`test("${service.def.name} has a client", () => assert.ok(${service.variable}));\n`);
      }
      const head = "const network = createTestNetwork();\nafter(() => network.close());\n";
      return `${imports.print()}\n${head}\n${setUp}\n${[...tests, ...streamHelpers(service)].join("\n")}`;
    },
  };
}

function methodTest({ def: service, variable }: ProjectService, method: ProjectMethod): string {
  const { def, property, answer } = method;
  const request = sampleObject(answer.samples);
  const call = `${variable}.${property}`;
  const expect = (response: string) =>
    answer.samples.length === 0
      ? `  assert.notEqual(${response}, undefined);\n`
      : answer.samples
          .map(({ field, code }) => `  assert.equal(${response}.${propertyName(field.name)}, ${code});\n`)
          .join("");
  const body = {
    unary: `  const response = await ${call}(${request});\n${expect("response")}`,
    serverStream: `  const [response] = await all(${call}(${request}));\n${expect("response?")}`,
    clientStream: `  const response = await ${call}(each(${request}));\n${expect("response")}`,
    bidiStream: `  const [response] = await all(${call}(each(${request})));\n${expect("response?")}`,
  }[def.kind].replaceAll("response?,", "response,");
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
