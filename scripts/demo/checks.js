// What the demo proves: each check makes one call as a user would and compares the answer.
import assert from "node:assert/strict";

const READY_WITHIN_MS = 20_000;

/**
 * @param {{apiUrl: string, webUrl: string, micro: (...args: string[]) => Promise<string>}} demo
 * @returns {readonly [title: string, check: () => Promise<void>][]}
 */
export function checks({ apiUrl, webUrl, micro }) {
  return [
    [
      "the three services are in the registry",
      () =>
        eventually(async () => {
          const names = (await micro("list", "services")).split("\n");
          for (const type of ["srv", "api", "web"])
            assert.ok(names.includes(`go.micro.${type}.greeter`), `${type} is missing`);
        }),
    ],
    [
      "SRV answers micro call",
      () =>
        eventually(async () => {
          const answer = await micro("call", "go.micro.srv.greeter", "Greeter.Hello", '{"name":"Ada"}');
          assert.deepEqual(JSON.parse(answer), { msg: "Hello Ada" });
        }),
    ],
    [
      "SRV streams to micro stream",
      async () => {
        const lines = await micro("stream", "go.micro.srv.greeter", "Greeter.Count", '{"to":3}');
        assert.equal(lines.match(/"number": ?\d/g)?.length, 3, lines);
      },
    ],
    [
      "API answers a JSON POST through the gateway",
      () =>
        eventually(async () => {
          const response = await fetch(`${apiUrl}/greeter/hello`, {
            method: "POST",
            headers: { "content-type": "application/json" },
            body: '{"name":"Asim"}',
          });
          assert.equal(await response.text(), '{"msg":"Hello Asim"}');
        }),
    ],
    [
      "API answers a GET with a query",
      async () => {
        const response = await fetch(`${apiUrl}/greeter/hello?name=John`);
        assert.equal(await response.text(), '{"msg":"Hello John"}');
      },
    ],
    [
      "the gateway names the service it did not find",
      async () => {
        const response = await fetch(`${apiUrl}/nope/x`);
        assert.equal(response.status, 404);
        assert.match((await response.json()).detail, /go\.micro\.api\.nope/);
      },
    ],
    [
      "WEB serves its page through micro web",
      () =>
        eventually(async () => {
          const response = await fetch(`${webUrl}/greeter/`);
          assert.equal(response.status, 200);
          assert.match(await response.text(), /<form/);
        }),
    ],
  ];
}

/** Tries until it holds: discovery takes a moment, and only a moment. */
async function eventually(check) {
  const deadline = Date.now() + READY_WITHIN_MS;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}
