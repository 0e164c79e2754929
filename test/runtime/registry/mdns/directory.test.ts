import { expect, it } from "vitest";
import { createDirectory, type Sighting } from "../../../../src/runtime/registry/mdns/directory.ts";
import { aService } from "../../../contract/registry.ts";
import { createManualClock } from "../manual-clock.ts";

const service = aService();

function seen(changes: Partial<Sighting> = {}): Sighting {
  return {
    name: "n1.x.micro",
    source: "10.0.0.1",
    isFirstHand: true,
    digest: "a",
    record: () => service,
    ...changes,
  };
}

const setUp = () => {
  const clock = createManualClock();
  return { clock, directory: createDirectory(clock) };
};

it("what is said again, by the same or another sender, is no news", () => {
  const { directory } = setUp();
  expect(directory.heard(seen())?.action).toBe("create");
  expect(directory.heard(seen())).toBeUndefined();
  expect(directory.heard(seen({ source: "10.0.0.2" }))).toBeUndefined();
});

it("who introduced a node may change it; a stranger may after two minutes of silence", () => {
  const { clock, directory } = setUp();
  directory.heard(seen());
  expect(directory.heard(seen({ source: "10.0.0.66", digest: "evil" }))).toBeUndefined();
  expect(directory.heard(seen({ digest: "b" }))?.action).toBe("update");
  clock.advance(119_999);
  expect(directory.heard(seen({ source: "10.0.0.66", digest: "c" }))).toBeUndefined();
  clock.advance(1);
  expect(directory.heard(seen({ source: "10.0.0.66", digest: "c" }))?.action).toBe("update");
});

it("this machine may always change what is said to be on it", () => {
  const { directory } = setUp();
  directory.heard(seen({ digest: "evil" }));
  expect(directory.heard(seen({ source: "local" }))?.action).toBe("update");
});

it("only who introduced a node says goodbye for it", () => {
  const { directory } = setUp();
  directory.heard(seen());
  expect(directory.goodbye(seen({ source: "10.0.0.66" }))).toBeUndefined();
  expect(directory.goodbye(seen())).toEqual({ action: "delete", service: { ...service, endpoints: [] } });
});

it("a goodbye for a node nobody spoke of counts from the node itself alone", () => {
  const { directory } = setUp();
  expect(directory.goodbye(seen({ isFirstHand: false }))).toBeUndefined();
  expect(directory.goodbye(seen())?.action).toBe("delete");
});

it("a flood of nodes forgets the oldest", () => {
  const { directory } = setUp();
  for (let i = 0; i < 10_001; i++) directory.heard(seen({ name: `n${i}.x.micro` }));
  expect(directory.expected(".x.micro")).toHaveLength(10_000);
  expect(directory.heard(seen({ name: "n10000.x.micro" }))).toBeUndefined();
  expect(directory.heard(seen({ name: "n0.x.micro" }))?.action).toBe("create");
});

it("a second goodbye is no news, and who comes back is", () => {
  const { directory } = setUp();
  directory.heard(seen());
  expect(directory.goodbye(seen())?.action).toBe("delete");
  expect(directory.goodbye(seen())).toBeUndefined();
  expect(directory.expected(".x.micro")).toEqual([]);
  expect(directory.heard(seen())?.action).toBe("create");
  expect(directory.goodbye(seen())?.action).toBe("delete");
});

it("who stays silent is not waited for until it speaks again", () => {
  const { directory } = setUp();
  directory.heard(seen());
  expect(directory.expected(".x.micro")).toEqual(["n1.x.micro"]);
  expect(directory.expected(".y.micro")).toEqual([]);
  directory.silent(["n1.x.micro", "unknown"]);
  expect(directory.expected(".x.micro")).toEqual([]);
  expect(directory.heard(seen())).toBeUndefined();
  expect(directory.expected(".x.micro")).toEqual(["n1.x.micro"]);
});
