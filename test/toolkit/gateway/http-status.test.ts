import { expect, test } from "vitest";
import { httpStatusOf } from "../../../src/toolkit/gateway/http-status.ts";

test.each([
  [400, 400],
  [503, 503],
  [408, 504],
  [0, 500],
  [200, 500],
  [404.5, 500],
  [600, 500],
])("an error %s is answered with %s", (code, status) => {
  expect(httpStatusOf(code)).toBe(status);
});
