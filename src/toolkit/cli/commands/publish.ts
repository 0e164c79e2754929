import { JsonText } from "@micro-service/runtime";
import { type Connect, withConnection } from "../connect.ts";
import { jsonText } from "../options.ts";
import type { Terminal } from "../terminal.ts";

export interface PublishFlags {
  readonly metadata?: Readonly<Record<string, string>>;
}

/** `micro publish TOPIC JSON`: prints `ok` once the broker has the event. */
export async function publish(
  topic: string,
  message: readonly string[],
  flags: PublishFlags,
  terminal: Terminal,
  connect: Connect,
): Promise<void> {
  const text = jsonText("the event", message.join(" "));
  await withConnection(connect({ ...flags }, terminal), async ({ client, broker }) => {
    await broker.connect();
    await client.publish(topic, JsonText, text, {
      contentType: "application/json",
      ...(flags.metadata === undefined ? {} : { metadata: flags.metadata }),
    });
    terminal.out("ok\n");
  });
}
