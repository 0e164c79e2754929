import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { DIALECTS } from "../../../src/runtime/broker/http/dialect.ts";
import { createSender } from "../../../src/runtime/broker/http/sender.ts";

test.each([
  [413, "refused"],
  [503, "refused"],
  [500, "refused"],
  [405, "refused"],
  [200, undefined],
  [204, undefined],
])(
  "when a subscriber answers %i then the event is lost unless that says it was taken",
  async (status, reason) => {
    const subscriber = createServer((request, response) => {
      request.resume();
      response.writeHead(status).end();
    });
    subscriber.listen(0, "127.0.0.1");
    await once(subscriber, "listening");
    const { port } = subscriber.address() as AddressInfo;
    const sender = createSender({});
    const dialect = DIALECTS[0]!;
    const node = { id: "a", address: `127.0.0.1:${port}`, metadata: {} };
    const outcome = await sender
      .send({ node, dialect }, { topic: "t", bodies: new Map([[dialect, "{}"]]) })
      .then(
        () => undefined,
        (error: Error) => error.message,
      );
    if (reason === undefined) expect(outcome).toBeUndefined();
    else expect(outcome).toContain(`${reason} it with ${status}`);
    sender.close();
    subscriber.close();
  },
);

test("when a subscriber's answer drips without end then the event is given up in time", async () => {
  const subscriber = createServer((request, response) => {
    request.resume();
    response.writeHead(200);
    const drip = setInterval(() => response.write("."), 5);
    response.on("close", () => clearInterval(drip));
  });
  subscriber.listen(0, "127.0.0.1");
  await once(subscriber, "listening");
  const { port } = subscriber.address() as AddressInfo;
  const sender = createSender({ timeoutMs: 60 });
  const dialect = DIALECTS[0]!;
  const node = { id: "a", address: `127.0.0.1:${port}`, metadata: {} };
  await expect(
    sender.send({ node, dialect }, { topic: "t", bodies: new Map([[dialect, "{}"]]) }),
  ).rejects.toThrow("no answer within 60 ms");
  sender.close();
  subscriber.close();
});
