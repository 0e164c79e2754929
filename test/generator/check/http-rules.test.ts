import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { loadDescriptorSet, loadSchema } from "../../../src/generator/check/index.ts";
import { type Diagnostic, SchemaError } from "../../../src/generator/schema/index.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "http-rules-"));
});
afterEach(() => rm(folder, { recursive: true }));

/** The rpc is on line 3, where the columns count; its option begins at column 1 of line 4. */
const schema = (option: string, more = "") => `syntax = "proto3"; import "google/api/annotations.proto";
import "google/protobuf/timestamp.proto"; service Shop {
rpc Find(Query) returns (Answer) {
${option}
} ${more} }
message Query { string id = 1; Item item = 2; repeated string tags = 3; map<string, string> labels = 4;
  google.protobuf.Timestamp at = 5; optional string page = 6; repeated Item items = 7; oneof by { string email = 8; } }
message Item { string name = 1; int64 size = 2; }
message Answer { Item item = 1; }
`;
const http = (rule: string) => schema(`option (google.api.http) = { ${rule} };`);
const stream = (rule: string) => http(rule).replace("rpc Find(", "rpc Find(stream ");

const shown = ({ position, rule, message }: Diagnostic) =>
  `${position.line}:${position.column} ${message} (${rule})`;

async function said(proto: string): Promise<{ errors: string[]; warnings: string[] }> {
  await writeFile(join(folder, "a.proto"), proto);
  try {
    const { warnings = [] } = await loadSchema({ files: ["a.proto"], cwd: folder });
    return { errors: [], warnings: warnings.map(shown) };
  } catch (error) {
    if (!(error instanceof SchemaError)) throw error;
    return { errors: error.diagnostics.map(shown), warnings: [] };
  }
}

describe("what gateways take", () => {
  test.each([
    `get: "/"`,
    `get: "/v1/items/{id}"`,
    `get: "/v1/{id=shops/*/items/*}:find"`,
    `get: "/v1/{id=**}"`,
    `get: "/v1/*/x/**"`,
    `get: "/v1/a~b.c/{item.name}/{item.size}"`,
    `get: "/v1/since/{at}" additional_bindings { post: "/v1/find" body: "*" }`,
    `get: "/v1/by/{email}"`,
    `post: "/v1/items" body: "item" response_body: "item"`,
    `post: "/v1/tags" body: "tags"`,
    `custom: { kind: "HEAD" path: "/v1/items/{id}" }`,
  ])("%s", async (rule) => {
    expect(await said(http(rule))).toEqual({ errors: [], warnings: [] });
  });
});

describe("what they refuse", () => {
  test.each([
    [`get: "v1"`, '4:36 The path "v1" must begin with "/". (http-path)'],
    [`get: "/v1//x"`, '4:40 The path "/v1//x" has an empty segment. (http-path)'],
    [`get: "/v1/"`, '4:40 The path "/v1/" has an empty segment. (http-path)'],
    [`get: "/v1/{id"`, '4:40 The path "/v1/{id" has a "{" without "}". (http-path)'],
    [`get: "/v1/{id}x"`, '4:44 The path "/v1/{id}x" must have a "/" or the end behind a "}". (http-path)'],
    [`get: "/v1/x{id}"`, '4:40 The path "/v1/x{id}" cannot have a segment "x{id}". (http-path)'],
    [`get: "/v1/{id=}"`, '4:44 The path "/v1/{id=}" has an empty segment. (http-path)'],
    [`get: "/v1/{id={item}}"`, '4:44 The path "/v1/{id={item}}" cannot have a segment "{item". (http-path)'],
    [`get: "/v1/{}"`, '4:41 The path "/v1/{}" cannot have "" as the name of a field. (http-path)'],
    [`get: "/v1/{id}:"`, '4:44 The path "/v1/{id}:" must have a name behind the ":". (http-path)'],
    [`get: "/**/{id=**}"`, '4:44 The path "/**/{id=**}" can have "**" only once. (http-path)'],
    [`get: "/v1/a b"`, '4:40 The path "/v1/a b" cannot have a segment "a b". (http-path)'],
    [`get: "/v1/{ids}"`, '4:41 Query has no field "ids"; did you mean "id"? (http-path)'],
    [`get: "/v1/{item.nme}"`, '4:41 Item has no field "nme"; did you mean "name"? (http-path)'],
    [
      `get: "/v1/{id.x}"`,
      '4:41 Field "id" of Query is no message, so "id.x" means nothing; name one of its fields. (http-path)',
    ],
    [
      `get: "/v1/{items.name}"`,
      '4:41 Field "items" of Query is not a single message, so "items.name" means nothing; name one of its fields. (http-path)',
    ],
    [
      `get: "/v1/{item}"`,
      '4:41 Field "item" is a message, which a path cannot hold; take one of its fields. (http-path)',
    ],
    [
      `get: "/v1/{labels}"`,
      '4:41 Field "labels" is a map, which a path cannot hold; take a field of a simple type. (http-path)',
    ],
    [`get: "/v1/{id}/{id}"`, '4:46 "id" is in this path twice; remove one. (http-path)'],
    [`get: "/v1/" "{nope}"`, '4:35 Query has no field "nope"; name one of its fields. (http-path)'],
    [`post: "/v1" body: "itm"`, '4:48 Query has no field "itm"; did you mean "item"? (http-body)'],
    [
      `post: "/v1" body: "nothing"`,
      '4:48 Query has no field "nothing"; name one of its fields or "*". (http-body)',
    ],
    [`get: "/v1" response_body: "*"`, '4:56 Answer has no field "*"; name one of its fields. (http-body)'],
    [
      `get: "/v1" additional_bindings: [{ get: "/v2/{x}" }]`,
      '4:76 Query has no field "x"; name one of its fields. (http-path)',
    ],
    [`custom: { kind: "HEAD" path: "x" }`, '4:60 The path "x" must begin with "/". (http-path)'],
  ])("%s", async (rule, error) => {
    expect((await said(http(rule))).errors).toEqual([error]);
  });

  test("an option that is written part by part", async () => {
    const option = `option (google.api.http).custom.path = "/v1/{x}"; option (google.api.http).body = "y";`;
    expect((await said(schema(option))).errors).toEqual([
      '4:46 Query has no field "x"; name one of its fields. (http-path)',
      '4:83 Query has no field "y"; name one of its fields or "*". (http-body)',
    ]);
  });

  test("the same in a compiled schema, whose positions are of the rpc", async () => {
    const valid = await loadDescriptorSet({ descriptorSet: await compiled(`get: "/v1/{id}"`) });
    expect(valid.warnings).toEqual([]);
    const broken = compiled(`get: "/v1/{id}"`).then((bytes) =>
      Buffer.from(Buffer.from(bytes).toString("latin1").replace("/v1/{id}", "/v1/{no}"), "latin1"),
    );
    await expect(loadDescriptorSet({ descriptorSet: await broken })).rejects.toThrow(
      /Query has no field "no"/,
    );
  });
  async function compiled(rule: string): Promise<Uint8Array> {
    await writeFile(join(folder, "a.proto"), http(rule));
    return (await loadSchema({ files: ["a.proto"], cwd: folder })).descriptorSet;
  }
});

describe("what some of them take", () => {
  test.each([
    [
      http(`get: "/v1/{tags}"`),
      '4:41 Field "tags" is repeated, which not every gateway takes from a path; take a single field. (http-path)',
    ],
    [
      http(`get: "/v1/{page}"`),
      '4:41 Field "page" is optional, which grpc-gateway refuses in a path; it is always there, so remove "optional". (http-path)',
    ],
    [
      http(`get: "/v1/{id=**}/x"`),
      '4:44 Not every gateway takes "**" before the end of a path; end with it. (http-path)',
    ],
    [
      http(`get: "/v1/a%20b"`),
      '4:40 Not every gateway takes ";", "=", ":" or "%" in a part of a path; use letters, digits and dashes. (http-path)',
    ],
    [http(`body: "*"`), '4:8 This binding has no path; name one, such as get: "/v1/find". (http-path)'],
    [
      http(`get: "/v1" body: "*"`),
      "4:47 grpc-gateway refuses a body of a GET; remove it: all fields can be in the query. (http-body)",
    ],
    [
      http(`post: "/v1" body: "item.name"`),
      '4:48 "body" is for a field of the request itself; not every gateway takes "item.name". (http-body)',
    ],
    [
      stream(`post: "/v1/{id}" body: "*"`),
      "4:42 grpc-gateway refuses a variable in the path of a stream of requests; remove it. (http-path)",
    ],
    [
      schema(
        `option (google.api.http) = { get: "/v1/{id}" };`,
        `rpc Other(Query) returns (Answer) { option (google.api.http).get = "/v1/{email=*}"; }`,
      ),
      "5:70 GET /v1/{email=*} is the path of rpc Find too, so only one of them is ever called; change one. (http-conflict)",
    ],
  ])("%#: a warning", async (proto, warning) => {
    expect(await said(proto)).toEqual({ errors: [], warnings: [warning] });
  });

  test("of a file that is only imported: nothing", async () => {
    await writeFile(join(folder, "a.proto"), http(`get: "/v1/{tags}"`));
    await writeFile(
      join(folder, "b.proto"),
      'syntax = "proto3"; import "a.proto"; message B { Query q = 1; }',
    );
    expect((await loadSchema({ files: ["b.proto"], cwd: folder })).warnings).toEqual([]);
  });
});
