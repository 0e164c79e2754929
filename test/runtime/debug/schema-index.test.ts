import { expect, test } from "vitest";
import { createSchemaIndex } from "../../../src/runtime/debug/reflection/schema-index.ts";
import { FileDescriptorProto, FileDescriptorSet } from "../../../src/runtime/protobuf/descriptor.ts";
import type { MessageInit } from "../../../src/runtime/protobuf/index.ts";
import { descriptorsOf } from "./served.ts";

const setOf = (...file: MessageInit<FileDescriptorProto>[]) => FileDescriptorSet.encode({ file });
const message = (name: string) => ({ messageType: [{ name }] });

test("when the application brings a schema that we have, too, then its own counts", () => {
  const theirs = setOf({ name: "vendor/health.proto", package: "grpc.health.v1", ...message("Health") });
  const ours = setOf(
    { name: "grpc/health/v1/health.proto", package: "grpc.health.v1", ...message("Health") },
    { name: "other.proto", package: "other", ...message("Other") },
  );
  const index = createSchemaIndex([theirs, ours]);
  expect(index.declaring("grpc.health.v1.Health")).toBe("vendor/health.proto");
  expect(index.file("grpc/health/v1/health.proto")).toBeUndefined();
  expect(index.declaring("other.Other")).toBe("other.proto");
});

test("when imports go round in circles or are missing then every file there is comes once", () => {
  const index = createSchemaIndex([
    setOf(
      { name: "a.proto", dependency: ["b.proto", "gone.proto"] },
      { name: "b.proto", dependency: ["a.proto", "b.proto"] },
    ),
  ]);
  const names = index.file("a.proto")?.map((bytes) => FileDescriptorProto.decode(bytes).name);
  expect(names).toEqual(["a.proto", "b.proto"]);
});

test("when options and unknown fields are in a file then they are told as they came", async () => {
  const set = await descriptorsOf(["kitchen/shop/kitchen.proto"]);
  const index = createSchemaIndex([set]);
  for (const file of FileDescriptorSet.decode(set).file)
    expect(index.file(file.name ?? "")?.[0]).toEqual(FileDescriptorProto.encode(file));
});

test("when values of an enum are asked for then they stand beside it", async () => {
  const index = createSchemaIndex([
    setOf({
      name: "a.proto",
      package: "a",
      messageType: [
        { name: "M", oneofDecl: [{ name: "choice" }], enumType: [{ name: "E", value: [{ name: "ONE" }] }] },
      ],
    }),
  ]);
  expect(["a.M.E", "a.M.ONE", "a.M.choice", "a.M.E.ONE", "a", ""].map(index.declaring)).toEqual([
    "a.proto",
    "a.proto",
    "a.proto",
    undefined,
    undefined,
    undefined,
  ]);
});
