import { describe, expect, test } from "vitest";
import {
  CallContext,
  callInContext,
  createContext,
  currentContext,
  runInContext,
} from "../../../src/runtime/context/index.ts";
import { Metadata } from "../../../src/runtime/metadata/index.ts";

const init = {
  method: "greeter.Greeter/Hello",
  peer: { address: "direct", protocol: "direct" },
  deadline: undefined,
  metadata: new Metadata(),
};

test("when work runs in a context then it finds it, also after waiting", async () => {
  const context = createContext({ method: "m" });
  expect(currentContext()).toBeUndefined();
  await runInContext(context, async () => {
    await new Promise(setImmediate);
    expect(currentContext()).toBe(context);
  });
  expect(callInContext(context, (a: number, b: number) => [a + b, currentContext()], 1, 2)).toEqual([
    3,
    context,
  ]);
  expect(currentContext()).toBeUndefined();
});

describe("the context of a call", () => {
  test("when it is cancelled before anybody asks for the signal then the signal is aborted all the same", () => {
    const context = new CallContext(init);
    context.cancel("why");
    context.cancel("again");
    expect(context.signal.aborted).toBe(true);
    expect(context.signal.reason).toBe("why");
  });

  test("when it is cancelled then a signal handed out earlier aborts", () => {
    const context = new CallContext(init);
    const { signal } = context;
    expect(signal.aborted).toBe(false);
    context.cancel("why");
    expect(signal.reason).toBe("why");
    expect(context.signal).toBe(signal);
  });

  test("when metadata is never asked for then it is never made", () => {
    let made = 0;
    const metadata = () => {
      made += 1;
      return new Metadata().set("a", "1");
    };
    const context = new CallContext({ ...init, metadata });
    expect(made).toBe(0);
    expect(context.metadata.get("a")).toBe("1");
    expect(context.metadata.get("a")).toBe("1");
    expect(made).toBe(1);
  });

  test("when the handler sets no header then there is nothing to send", () => {
    const context = new CallContext(init);
    expect(context.sentHeader).toBeUndefined();
    context.responseHeader.set("a", "1");
    expect(context.sentHeader?.get("a")).toBe("1");
    expect(context.sentTrailer).toBeUndefined();
  });
});
