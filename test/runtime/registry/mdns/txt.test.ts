import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { decodeText, encodeText } from "../../../../src/runtime/registry/mdns/txt.ts";

/** Text that does not compress: `length` hex digits, the same each run. */
function noise(length: number): string {
  let text = "";
  for (let i = 0; text.length < length; i++) text += createHash("sha256").update(String(i)).digest("hex");
  return text.slice(0, length);
}

const service = { name: "go.micro.srv.greeter", version: "latest", metadata: {}, endpoints: [], nodes: [] };

it("text as go-micro writes it is read", () => {
  const vector =
    "789c05c1310ac0200c05d0bbfc593c40f68e9d0add454311d4488c2ee2ddfbdec6c3ba7264103ef13547153f74f94f998d150e2febc8d24028c178181cae96bae46603d466290e375b48c10268a3ab98442920d4193bcef90108ab2375";
  expect(decodeText([Buffer.from(vector)])).toEqual({
    service: "go.micro.srv.greeter",
    version: "latest",
    endpoints: [],
    metadata: { protocol: "mucp" },
  });
});

it("every length of text is cut into strings of 255 and read back", () => {
  const seen = new Set<number>();
  for (let length = 0; length < 400; length++) {
    const metadata = { noise: noise(length) };
    const strings = encodeText(service, metadata);
    expect(strings.slice(0, -1).every((string) => string.length === 255)).toBe(true);
    expect(decodeText(strings)).toMatchObject({ service: service.name, metadata });
    seen.add(Buffer.concat(strings).length);
  }
  // Hex has an even length: 254 and 256 are the neighbours of one full string, 510 and 512 of two.
  for (const length of [254, 256, 510, 512]) expect(seen).toContain(length);
});

it("a record that is too large leaves out the shapes of its messages, then its endpoints", () => {
  const value = { name: noise(40_000), type: "string", values: [] };
  const endpoint = { name: "A.B", request: value, response: value, metadata: {} };
  expect(decodeText(encodeText({ ...service, endpoints: [endpoint] }, {}))!.endpoints).toEqual([
    { ...endpoint, request: null, response: null },
  ]);
  const long = { ...endpoint, name: noise(70_000) };
  expect(decodeText(encodeText({ ...service, endpoints: [long] }, {}))!.endpoints).toEqual([]);
  expect(() => encodeText(service, { a: noise(70_000) })).toThrow("65536 bytes");
});
