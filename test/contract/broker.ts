import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Broker, BrokerMessage, Event } from "../../src/runtime/broker/index.ts";

/** What a broker's test file gives the contract: a fresh, unconnected broker, and what to do when a test is over. */
export interface BrokerUnderTest {
  readonly broker: Broker;
  readonly dispose?: () => Promise<void>;
}

export const message = (text: string, header: Record<string, string> = {}): BrokerMessage => ({
  header: { "Content-Type": "text/plain", ...header },
  body: new TextEncoder().encode(text),
});

export const textOf = (event: Event): string => new TextDecoder().decode(event.message.body);

/** A promise to resolve from outside. */
export function createGate<T = void>() {
  let open: (value: T) => void = () => {};
  const opened = new Promise<T>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

/** Collects events; `until` resolves when that many have come. */
export function createCollector() {
  const texts: string[] = [];
  const waiting: { count: number; resolve: (texts: string[]) => void }[] = [];
  return {
    texts,
    handler: (event: Event) => {
      texts.push(textOf(event));
      for (const one of waiting) if (texts.length >= one.count) one.resolve(texts);
    },
    until: (count: number) =>
      new Promise<string[]>((resolve) => {
        if (texts.length >= count) resolve(texts);
        else waiting.push({ count, resolve });
      }),
  };
}

/** The promises of `broker/broker.ts`, run by every implementation. */
export function describeBrokerContract(name: string, make: () => Promise<BrokerUnderTest>): void {
  describe(`${name} broker keeps the broker's contract`, () => {
    let under: BrokerUnderTest;
    let broker: Broker;

    beforeEach(async () => {
      under = await make();
      broker = under.broker;
      await broker.connect();
    });
    afterEach(async () => {
      await broker.close();
      await under.dispose?.();
    });

    test("when an event is published then every subscription without a queue gets it", async () => {
      const [first, second] = [createCollector(), createCollector()];
      await broker.subscribe("greetings", first.handler);
      await broker.subscribe("greetings", second.handler);
      await broker.publish("greetings", message("hello"));
      expect(await first.until(1)).toEqual(["hello"]);
      expect(await second.until(1)).toEqual(["hello"]);
    });

    test("when an event arrives then topic, header and body are as they were sent", async () => {
      const arrived = createGate<Event>();
      await broker.subscribe("bytes", arrived.open);
      const body = Uint8Array.from({ length: 256 }, (_, index) => index);
      await broker.publish("bytes", {
        header: { "Content-Type": "x/y", "Micro-Id": "1", Grüße: "ä\n€" },
        body,
      });
      const event = await arrived.opened;
      expect(event.topic).toBe("bytes");
      expect(event.message.header).toMatchObject({ "Content-Type": "x/y", "Micro-Id": "1", Grüße: "ä\n€" });
      expect([...event.message.body]).toEqual([...body]);
    });

    test("when nobody listens to the topic then publishing is no error", async () => {
      await expect(broker.publish("silence", message("anybody?"))).resolves.toBeUndefined();
    });

    test("when one publisher sends many events then they arrive in order", async () => {
      const collector = createCollector();
      await broker.subscribe("order", collector.handler);
      const sent = Array.from({ length: 200 }, (_, index) => String(index));
      for (const text of sent) await broker.publish("order", message(text));
      expect(await collector.until(200)).toEqual(sent);
    });

    test("when subscriptions share a queue then exactly one of them gets each event", async () => {
      const [first, second, all] = [createCollector(), createCollector(), createCollector()];
      await broker.subscribe("work", first.handler, { queue: "workers" });
      await broker.subscribe("work", second.handler, { queue: "workers" });
      await broker.subscribe("work", all.handler);
      for (let index = 0; index < 40; index++) await broker.publish("work", message(String(index)));
      await all.until(40);
      await broker.close(); // waits for the handlers of the queue
      expect([...first.texts, ...second.texts].map(Number).sort((a, b) => a - b)).toEqual(
        all.texts.map(Number),
      );
      expect(first.texts.length).toBeGreaterThan(0);
      expect(second.texts.length).toBeGreaterThan(0);
    });

    test("when there are two queues then each gets every event", async () => {
      const [mail, log] = [createCollector(), createCollector()];
      await broker.subscribe("orders", mail.handler, { queue: "mail" });
      await broker.subscribe("orders", log.handler, { queue: "log" });
      for (const text of ["a", "b", "c"]) await broker.publish("orders", message(text));
      expect(await mail.until(3)).toEqual(["a", "b", "c"]);
      expect(await log.until(3)).toEqual(["a", "b", "c"]);
    });

    test("when a handler fails then publisher and other subscribers do not notice", async () => {
      const collector = createCollector();
      await broker.subscribe("fragile", () => {
        throw new Error("sync failure");
      });
      await broker.subscribe("fragile", () => Promise.reject(new Error("async failure")));
      await broker.subscribe("fragile", collector.handler);
      await broker.publish("fragile", message("1"));
      await broker.publish("fragile", message("2"));
      expect(await collector.until(2)).toEqual(["1", "2"]);
    });

    test("when a subscription is given up then it gets no further events", async () => {
      const [gone, stays] = [createCollector(), createCollector()];
      const subscription = await broker.subscribe("news", gone.handler);
      await broker.subscribe("news", stays.handler);
      await broker.publish("news", message("1"));
      await Promise.all([gone.until(1), stays.until(1)]);
      await subscription.unsubscribe();
      await subscription.unsubscribe();
      await broker.publish("news", message("2"));
      await stays.until(2);
      expect(gone.texts).toEqual(["1"]);
    });

    test("when a handler is slow then closing waits for it", async () => {
      const started = createGate();
      const release = createGate();
      let finished = false;
      await broker.subscribe("slow", async () => {
        started.open();
        await release.opened;
        finished = true;
      });
      await broker.publish("slow", message("take your time"));
      await started.opened;
      const closed = broker.close();
      expect(finished).toBe(false);
      release.open();
      await closed;
      expect(finished).toBe(true);
    });

    test("when the broker is closed then publishing and subscribing say so", async () => {
      await broker.close();
      await broker.close();
      await expect(broker.publish("late", message("x"))).rejects.toMatchObject({ code: 503 });
      await expect(broker.subscribe("late", () => {})).rejects.toMatchObject({ code: 503 });
    });
  });
}
