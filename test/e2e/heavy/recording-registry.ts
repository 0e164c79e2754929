import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface RecordingRegistry {
  /** `http://127.0.0.1:port/`. */
  readonly url: string;
  /** Names of packages that were asked for, as in `@scope/name`. */
  readonly asked: ReadonlySet<string>;
  close(): Promise<void>;
}

/** A package registry that hands every question on to `upstream` and remembers what was asked. */
export async function startRecordingRegistry(upstream: string): Promise<RecordingRegistry> {
  const asked = new Set<string>();
  const base = new URL(upstream);
  const server = createServer((request, response) => {
    const path = request.url ?? "/";
    const name = /^\/((?:@[^/]+\/)?[^/?]+)/.exec(decodeURIComponent(path))?.[1];
    if (name !== undefined) asked.add(name);
    const accept = request.headers.accept ?? "*/*";
    fetch(new URL(path.slice(1), base), { headers: { accept } })
      .then(async (answer) => {
        const body = Buffer.from(await answer.arrayBuffer());
        response.writeHead(answer.status, {
          "content-type": answer.headers.get("content-type") ?? "text/plain",
        });
        response.end(body);
      })
      .catch((error: unknown) => response.writeHead(502).end(String(error)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
