import { type Connect, withConnection } from "../connect.ts";
import type { Terminal } from "../terminal.ts";

export interface ListOptions {
  readonly json?: boolean;
}

/** `micro list services`: names, sorted, one per line. */
export async function listServices(
  options: ListOptions,
  terminal: Terminal,
  connect: Connect,
): Promise<void> {
  await withConnection(connect({ ...options }, terminal), async ({ registry }) => {
    const services = await registry.listServices();
    const names = [...new Set(services.map((service) => service.name))].sort();
    if (options.json === true) terminal.out(`${JSON.stringify({ services: names })}\n`);
    else for (const name of names) terminal.out(`${name}\n`);
  });
}
