// What the demo proves: each check makes one call as a user would, compares the answer and returns it.
import assert from "node:assert/strict";

const READY_WITHIN_MS = 20_000;

/**
 * @param {{apiUrl: string, webUrl: string, micro: (...args: string[]) => Promise<string>}} demo
 * @returns {readonly [title: string, check: () => Promise<string>][]}
 */
export function checks({ apiUrl, webUrl, micro }) {
  const call = (name) => micro("call", "go.micro.srv.greeter", "Greeter.Hello", JSON.stringify({ name }));

  const services = async () => {
    const names = (await micro("list", "services")).split("\n").filter((name) => name.endsWith(".greeter"));
    assert.deepEqual(names, ["go.micro.api.greeter", "go.micro.srv.greeter", "go.micro.web.greeter"]);
    return names.join(" ");
  };

  const unary = async () => {
    const answer = JSON.parse(await call("Ada"));
    assert.deepEqual(answer, { msg: "Hello Ada" });
    return JSON.stringify(answer);
  };

  const stream = async () => {
    const text = await micro("stream", "go.micro.srv.greeter", "Greeter.Count", '{"to":3}');
    const numbers = [...text.matchAll(/"number":\s*(\d+)/g)].map(([, number]) => number);
    assert.deepEqual(numbers, ["1", "2", "3"]);
    return numbers.join(" ");
  };

  const post = async () => {
    const body = '{"name":"Asim"}';
    const headers = { "content-type": "application/json" };
    return expectText(
      await fetch(`${apiUrl}/greeter/hello`, { method: "POST", headers, body }),
      '{"msg":"Hello Asim"}',
    );
  };

  const query = async () =>
    expectText(await fetch(`${apiUrl}/greeter/hello?name=John`), '{"msg":"Hello John"}');

  const missing = async () => {
    const response = await fetch(`${apiUrl}/nope/x`);
    const { code, detail } = await response.json();
    assert.equal(response.status, 404);
    const [reason] = detail.match(/^service go\.micro\.api\.nope not found/) ?? assert.fail(detail);
    return `${code} ${reason}`;
  };

  const page = async () => {
    const shown = await fetch(`${webUrl}/greeter/`);
    assert.match(await shown.text(), /<form/);
    const sent = await fetch(`${webUrl}/greeter/`, {
      method: "POST",
      body: new URLSearchParams({ name: "Grace" }),
    });
    const [answer] = (await sent.text()).match(/Hello Grace/) ?? [];
    assert.equal(answer, "Hello Grace");
    return answer;
  };

  return [
    ["three services in the registry", () => eventually(services)],
    ["SRV, micro call", () => eventually(unary)],
    ["SRV, micro stream", stream],
    ["API, JSON POST through the gateway", () => eventually(post)],
    ["API, GET with a query", query],
    ["a service that is not there", missing],
    ["WEB, its form through micro web", () => eventually(page)],
  ];
}

async function expectText(response, expected) {
  const text = await response.text();
  assert.equal(text, expected);
  return text;
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
