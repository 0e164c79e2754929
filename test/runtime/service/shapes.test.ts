import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type FieldDescriptorProto_Label,
  type FieldDescriptorProto_Type,
  FileDescriptorSet,
} from "../../../src/runtime/protobuf/descriptor.ts";
import type { MessageInit } from "../../../src/runtime/protobuf/index.ts";
import type { Value } from "../../../src/runtime/registry/index.ts";
import { readSchema } from "../../../src/runtime/service/schema.ts";
import { createShapes } from "../../../src/runtime/service/shapes.ts";

const field = (
  name: string,
  type: FieldDescriptorProto_Type,
  typeName?: string,
  label: FieldDescriptorProto_Label = 1,
) => ({ name, type, label, typeName });
const set: MessageInit<FileDescriptorSet> = {
  file: [
    {
      name: "greeter.proto",
      package: "greeter",
      messageType: [
        {
          name: "HelloRequest",
          field: [
            field("first_name", 9),
            field("age", 5),
            field("photo", 12),
            field("tags", 9, undefined, 3),
            field("photos", 12, undefined, 3),
            field("friends", 11, ".greeter.HelloRequest", 3),
            field("labels", 11, ".greeter.HelloRequest.LabelsEntry", 3),
            field("born", 11, ".google.protobuf.Timestamp"),
            field("address", 11, ".greeter.HelloRequest.Address"),
            field("mood", 14, ".greeter.Mood"),
          ],
          nestedType: [
            {
              name: "LabelsEntry",
              options: { mapEntry: true },
              field: [field("key", 9), field("value", 11, ".greeter.HelloRequest.Address")],
            },
            {
              name: "Address",
              field: [field("street", 9), field("owner", 11, ".greeter.HelloRequest"), field("size", 4)],
            },
          ],
        },
      ],
    },
    { name: "plain.proto", messageType: [{ name: "Plain" }] },
  ],
};

const leaf = (name: string, type: string): Value => ({ name, type, values: [] });

describe("shapes of messages", () => {
  const shapeOf = createShapes(FileDescriptorSet.create(set));

  test("when a message is asked for then it is told three levels deep, with Go's type names", () => {
    expect(shapeOf("greeter.HelloRequest")).toEqual({
      name: "HelloRequest",
      type: "HelloRequest",
      values: [
        leaf("first_name", "string"),
        leaf("age", "int32"),
        leaf("photo", "[]uint8"),
        leaf("tags", "[]string"),
        leaf("photos", "[][]uint8"),
        leaf("friends", "[]HelloRequest"),
        leaf("labels", "map[string]HelloRequest_Address"),
        leaf("born", "Timestamp"),
        {
          name: "address",
          type: "HelloRequest_Address",
          values: [leaf("street", "string"), leaf("owner", "HelloRequest"), leaf("size", "uint64")],
        },
        leaf("mood", "Mood"),
      ],
    });
  });

  test("when a message has no package or fields then it has a name", () => {
    expect(shapeOf("Plain")).toEqual(leaf("Plain", "Plain"));
  });

  test("when a message is unknown then it has no shape", () => {
    expect(shapeOf("greeter.Nope")).toBeNull();
  });
});

describe("schema.binpb", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "schema-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test("when it is there then shapes come from it", async () => {
    const path = join(folder, "schema.binpb");
    await writeFile(path, FileDescriptorSet.encode(set));
    for (const schema of [path, pathToFileURL(path)]) {
      expect((await readSchema(schema)).shapeOf("Plain")).toEqual(leaf("Plain", "Plain"));
    }
  });

  test("when there is none then nothing has a shape", async () => {
    expect((await readSchema(undefined)).shapeOf("Plain")).toBeNull();
  });

  test("when it is missing then the error names the path and what to do", async () => {
    const path = join(folder, "nope.binpb");
    await expect(readSchema(pathToFileURL(path))).rejects.toMatchObject({
      name: "ConfigurationError",
      message: expect.stringMatching(
        /^cannot read the schema .*nope\.binpb: ENOENT.*; run micro-gen to write it$/,
      ),
    });
  });

  test("when it is something else then the error says so", async () => {
    const path = join(folder, "text.binpb");
    await writeFile(path, "hello");
    await expect(readSchema(path)).rejects.toThrow(/^this is no schema: .*text\.binpb: .*micro-gen/);
  });
});
