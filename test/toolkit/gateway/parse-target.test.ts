import { describe, expect, test } from "vitest";
import { parseSegments, parseTarget } from "../../../src/toolkit/gateway/parse-target.ts";

describe("a request target is taken apart", () => {
  test("path and query are told apart at the first question mark", () => {
    expect(parseTarget("/a/b?c=d?e", "h")).toEqual({ rawPath: "/a/b", query: "c=d?e" });
  });

  test("absolute form is read when it names the Host of the request", () => {
    expect(parseTarget("http://Example.test:80/a?b", "example.test:80")).toEqual({
      rawPath: "/a",
      query: "b",
    });
  });

  test.each([
    ["http://other.test/a", 400],
    ["http://user@h/a", 400],
    ["*", 400],
    ["h:80", 400],
    ["/a#b", 400],
  ])("%s is refused with %i", (url, code) => {
    expect(parseTarget(url, "h")).toMatchObject({ code });
  });
});

test("a target of 10 kB is refused", () => {
  expect(parseTarget(`/${"a".repeat(10_000)}`, "h")).toMatchObject({ code: 414 });
});

describe("a path is normalised before it means anything", () => {
  test.each([
    ["/", []],
    ["//", []],
    ["/a/./b//c/", ["a", "b", "c"]],
    ["/a/../b", ["b"]],
    ["/a/b/../../c", ["c"]],
    ["/gr%C3%BC%C3%9Fe", ["grüße"]],
  ])("%s has the segments %j", (path, segments) => {
    expect(parseSegments(path)).toEqual(segments);
  });

  test.each([
    "/..",
    "/greeter/../../admin",
    "/a/%2e%2e/b",
    "/a/%2E./b",
    "/a%2fb",
    "/a%5Cb",
    "/a%00",
    "/a\\b",
    "/a;b",
    "/%ff",
    "/%",
    "/a%0d%0ab",
    "/%7f",
  ])("%s is refused", (path) => {
    expect(parseSegments(path)).toMatchObject({ code: 400 });
  });
});
