import { expect, test } from "vitest";
import { protoImports } from "../../../src/generator/project/proto-imports.ts";

test("the imports of a schema are found whatever stands around them", () => {
  const text = `
    // import "no.proto";
    /* import "no.proto"; */ syntax = "proto3"; import "a.proto";import public 'b/c.proto' ;
    option x = "; import \\"no.proto\\";";
    import weak
      "d.proto";
    message M { string important = 1; }`;
  expect(protoImports(text)).toEqual(["a.proto", "b/c.proto", "d.proto"]);
});
