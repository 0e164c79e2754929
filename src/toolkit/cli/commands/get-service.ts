import { type Connect, withConnection } from "../connect.ts";
import { findService } from "../find-service.ts";
import { formatService } from "../format-service.ts";
import type { Terminal } from "../terminal.ts";

export interface GetOptions {
  readonly json?: boolean;
}

/** `micro get service NAME`: its nodes and endpoints. */
export async function getService(
  name: string,
  options: GetOptions,
  terminal: Terminal,
  connect: Connect,
): Promise<void> {
  await withConnection(connect({ ...options }, terminal), async ({ registry }) => {
    const records = await findService(registry, name);
    if (options.json === true) terminal.out(`${JSON.stringify({ services: records })}\n`);
    else terminal.out(formatService(name, records));
  });
}
