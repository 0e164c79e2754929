import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import type { Event } from "../../../src/runtime/broker/broker.ts";
import { createReceiver } from "../../../src/runtime/broker/http/receiver.ts";

const close: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of close.splice(0)) await end();
});

/** A receiver with one subscription, "a", that takes in 100,000 bytes and no more at once. */
async function start() {
  const events: Event[] = [];
  const receiver = createReceiver({
    address: "127.0.0.1:0",
    tls: undefined,
    onProblem: () => {},
    maxBodyBytes: 60_000,
    maxArrivingBytes: 100_000,
    onEvent(id, event) {
      if (id !== "a") return false;
      events.push(event);
      return true;
    },
  });
  close.push(() => receiver.close());
  const address = await receiver.listen();
  const post = async (size: number, id = "a") => {
    const body = JSON.stringify({ Header: { "Micro-Topic": "t" }, Body: "A".repeat(size) });
    const response = await fetch(`http://${address}/?id=${id}`, { method: "POST", body });
    await response.text();
    return response.status;
  };
  /** A post that has sent `size` bytes of its 60,000, and sends no more. */
  const beginPost = async (size: number): Promise<Socket> => {
    const socket = connect(Number(address.split(":")[1]), "127.0.0.1");
    socket.on("error", () => {});
    await once(socket, "connect");
    socket.write(`POST /?id=a HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n${"x".repeat(size)}`);
    return socket;
  };
  return { events, post, beginPost };
}

test("when stalled publishers hold all there is room for then others are told, and served when those are gone", async () => {
  const { events, post, beginPost } = await start();
  const stalled = [await beginPost(50_000), await beginPost(45_000)];
  await expect.poll(() => post(8_000)).toBe(503);
  for (const socket of stalled) socket.destroy();
  await expect.poll(() => post(8_000)).toBe(200);
  expect(events.length).toBe(1);
});

test("when far more than fits at once comes one after the other then all of it is taken", async () => {
  const { events, post } = await start();
  for (let count = 0; count < 20; count++) expect(await post(50_000)).toBe(200);
  expect(events.length).toBe(20);
});

test("when events are refused again and again then that costs no room", async () => {
  const { post } = await start();
  for (let count = 0; count < 10; count++) expect(await post(70_000)).toBe(413);
  for (let count = 0; count < 10; count++) expect(await post(20_000, "nobody")).toBe(404);
  expect(await post(50_000)).toBe(200);
});
