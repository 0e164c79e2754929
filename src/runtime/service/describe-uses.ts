import type { Uses } from "../client/index.ts";

/** The whole text: it travels in every record of the node, and mDNS has to fit that into a packet. */
const MAX_LENGTH = 1_000;

/**
 * What a node tells of the services it calls, as its metadata `uses`: words separated by spaces, one per service,
 * `go.micro.srv.greeter/greeter.Greeter@8a89f8409e1f58e8:Hello,Count`. Where there is no room for the methods it is `*`,
 * all of them; `+2` stands for two more services, `-` for none, `off` for a node that does not tell.
 *
 * @param uses undefined: nobody noted them
 */
export function describeUses(uses: Uses | undefined): string {
  if (uses === undefined) return "off";
  const named = uses.all.map(({ service, typeName, digest, methods }) => ({
    head: `${service}/${typeName}@${digest}`,
    methods: methods.join(","),
  }));
  const words: string[] = [];
  let room = MAX_LENGTH - "+1000".length;
  let more = 0;
  for (const [index, { head, methods }] of named.entries()) {
    // The heads of those behind go first: which services matters more than which methods.
    const behind = named.slice(index + 1).reduce((sum, { head }) => sum + head.length + 3, 0);
    const full = `${head}:${methods}`;
    const word = full.length + 1 + behind <= room ? full : `${head}:*`;
    if (word.length + 1 > room) more += 1;
    else {
      words.push(word);
      room -= word.length + 1;
    }
  }
  if (more > 0) words.push(`+${more}`);
  return words.length === 0 ? "-" : words.join(" ");
}
