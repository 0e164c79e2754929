import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { ERROR_CODES, errorCodeOfHttp } from "../../../src/runtime/errors/index.ts";

const page = readFileSync(new URL("../../../docs/errors.md", import.meta.url), "utf8");

/** Cells of the rows of all tables that begin with a number or with `first`. */
const rows = page
  .split("\n")
  .filter((line) => /^\| (?:\d+|anything else) \|/.test(line))
  .map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll("`", "")),
  );

test("when there is a code then the page has its row, in the order that counts, and no other", () => {
  const listed = rows.filter((cells) => cells.length === 6);
  expect(listed).toEqual(
    ERROR_CODES.map(({ code, status, grpc, grpcName, connect, connectHttp }) =>
      [code, status, grpc, grpcName, connect, connectHttp].map(String),
    ),
  );
});

test("when the page says what a status of HTTP counts as then that is so, for all of them", () => {
  const listed = new Map(rows.filter((cells) => cells.length === 2) as [string, string][]);
  for (let status = 300; status < 600; status++) {
    expect(listed.get(String(status)) ?? listed.get("anything else"), String(status)).toBe(
      errorCodeOfHttp(status).grpcName,
    );
  }
});
