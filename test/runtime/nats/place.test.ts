import { expect, test } from "vitest";
import { parsePlace } from "../../../src/runtime/nats/place.ts";

const nobody = { user: undefined, pass: undefined, token: undefined };

test.each([
  ["127.0.0.1", { host: "127.0.0.1:4222", isTls: false, ...nobody }],
  ["nats.local:5222", { host: "nats.local:5222", isTls: false, ...nobody }],
  [" nats://nats.local/ ", { host: "nats.local:4222", isTls: false, ...nobody }],
  ["tls://nats.local", { host: "nats.local:4222", isTls: true, ...nobody }],
  ["nats://ann:s%40cret@a:1", { host: "a:1", isTls: false, user: "ann", pass: "s@cret", token: undefined }],
  ["nats://ann:a:b:c@a:1", { host: "a:1", isTls: false, user: "ann", pass: "a:b:c", token: undefined }],
  ["nats://t0ken@a:1", { host: "a:1", isTls: false, user: undefined, pass: undefined, token: "t0ken" }],
  ["[::1]:4222", { host: "[::1]:4222", isTls: false, ...nobody }],
])("when a server is given as %s then that is where and who", (text, place) => {
  expect(parsePlace(text)).toEqual(place);
});

test.each(["", "http://a", "nats://", "nats://a/b", "a@b@c"])(
  "when '%s' is given then it is refused, without telling it",
  (text) => {
    expect(() => parsePlace(text)).toThrow("a NATS server is host:port");
  },
);
