import { CommandError, ExitCode } from "./exit-codes.ts";

/**
 * `["shop.Orders/Place", "shop.Orders/Cancel", "shop.Stock"]` -> `shop.Orders`: two methods, `shop.Stock`: all.
 *
 * @throws CommandError for anything else
 */
export function parseSelection(texts: readonly string[]): Map<string, readonly string[] | "all"> {
  const selection = new Map<string, readonly string[] | "all">();
  for (const text of texts) {
    const match = /^([A-Za-z_][\w.]*)(?:\/(\w+))?$/.exec(text);
    if (match === null)
      throw new CommandError(
        ExitCode.usage,
        `--only ${text}: give a service or one of its methods, greeter.Greeter/Hello.`,
      );
    const [, service = "", method] = match;
    const before = selection.get(service) ?? [];
    selection.set(
      service,
      method === undefined || before === "all" ? "all" : [...new Set([...before, method])],
    );
  }
  return selection;
}
