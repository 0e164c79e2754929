import { describe, expect, test } from "vitest";
import {
  aliasOfFolder,
  aliasProblem,
  folderProblem,
  parseFqdn,
  parseNamespace,
  toKebabCase,
} from "../../../src/generator/scaffold/names.ts";

describe("names", () => {
  test.each([
    ["OrderDesk", "order-desk"],
    ["order_desk", "order-desk"],
    ["HTTPServer", "http-server"],
    ["Order Desk!", "order-desk"],
    ["Straße", "strasse"],
    ["日本", ""],
    ["--x--", "x"],
    ["9lives", "lives"],
  ])("%j in kebab-case is %j", (text, expected) => expect(toKebabCase(text)).toBe(expected));

  test.each(["greeter", "order-desk", "a", "a1-b2"])("%j may name a service", (alias) =>
    expect(aliasProblem(alias)).toBeUndefined(),
  );

  test.each([
    "",
    "Greeter",
    "9lives",
    "a_b",
    "a--b",
    "-a",
    "a-",
    "a.b",
    "v1",
    "con",
    "aux",
    "x".repeat(51),
    "../x",
    "a b",
    "__proto__",
  ])("%j may not", (alias) => expect(aliasProblem(alias)).not.toBeUndefined());

  test.each([
    ["greeter", "greeter"],
    ["OrderDesk", "order-desk"],
    ["my_service", "my-service"],
    ["app.v2", "app-v2"],
  ])("the folder %j names the service %j", (folder, alias) => expect(aliasOfFolder(folder)).toBe(alias));

  test.each(["Bad Name!!", "日本", "@scope", "con", "v2", ""])("the folder %j names none", (folder) =>
    expect(() => aliasOfFolder(folder)).toThrow(/--name/),
  );

  test.each(["a:b", "nul.txt", "x.", "x ", "a\u0000b", "COM1", "x".repeat(201)])(
    "no folder is called %j",
    (folder) => expect(folderProblem(folder)).not.toBeUndefined(),
  );

  test.each([
    ["go.micro", "go.micro", undefined],
    ["com.example.srv", "com.example", ".srv"],
    ["com.example.api", "com.example", ".api"],
    ["acme", "acme", undefined],
    ["web", "web", undefined],
  ])("the namespace %j is %j, with %j cut off", (text, namespace, stripped) =>
    expect(parseNamespace(text)).toEqual({ namespace, stripped }),
  );

  test.each([
    ["Com.Example", "com.example"],
    ["com/example", "com.example"],
    ["com..example", "com.example"],
    ["", "com.example"],
  ])("the namespace %j is refused, and %j suggested", (text, suggestion) =>
    expect(() => parseNamespace(text)).toThrow(`--namespace ${suggestion}`),
  );

  test("a full name needs a dot", () => {
    expect(parseFqdn("com.example.greeter")).toBe("com.example.greeter");
    expect(() => parseFqdn("greeter")).toThrow("--fqdn com.example.srv.greeter");
  });
});
