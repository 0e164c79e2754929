import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { createService } from "../../../src/runtime/index.ts";
import { clientWireOf } from "../../../src/runtime/service/client-wire.ts";
import { readSettings } from "../../../src/runtime/service/read-settings.ts";
import { Greeter } from "../protocol/greeter.ts";

const name = "go.micro.srv.caller";
const around = { name, registry: "memory", broker: "memory", env: {} };

test("when flags choose wire, version of HTTP and compression then the service's client uses them", async () => {
  let request: IncomingMessage | undefined;
  let body = Buffer.alloc(0);
  const peer = createServer((came, response) => {
    request = came;
    came.on("data", (chunk: Buffer) => {
      body = Buffer.concat([body, chunk]);
    });
    came.on("end", () =>
      response.writeHead(200, { "content-type": "application/json" }).end('{"name":"you"}'),
    );
  });
  await new Promise<void>((resolve) => peer.listen(0, "127.0.0.1", resolve));
  const address = `127.0.0.1:${(peer.address() as AddressInfo).port}`;
  const args = ["--client=connect", "--client_http_version=1.1", "--client_compression=gzip"];
  await using service = await createService({ ...around, args });
  const long = { name: "x".repeat(5000) };
  const options = { address, protocol: "connect", contentType: "application/json" };
  expect(await service.client.unary("any", Greeter.methods.hello, long, options)).toEqual({ name: "you" });
  expect([request?.httpVersion, request?.headers["content-encoding"]]).toEqual(["1.1", "gzip"]);
  expect(JSON.parse(gunzipSync(body).toString())).toEqual(long);
  peer.close();
});

test.each([
  [["--client_http_version=3"], 'client_http_version: "3" is not 1.1 or 2'],
  [
    ["--client_compression=lzma"],
    expect.stringMatching(/^client_compression: .*"lzma" is not one of identity, gzip/),
  ],
])("when %j is given then one line says what to write instead", (args, line) => {
  const wire = clientWireOf(readSettings({ name, args, env: {} }).settings);
  expect(wire).toEqual({ httpVersion: undefined, compression: undefined, problems: [line] });
});
