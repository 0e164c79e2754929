import { ConfigurationError } from "./configuration-error.ts";
import { answerTo } from "./help.ts";
import { describeFailure, describeStart, type Lifecycle } from "./lifecycle.ts";
import type { Parts } from "./parts.ts";

const SIGNALS = ["SIGTERM", "SIGINT"] as const;
// The longest a timer can be: it only keeps the process alive, also when nothing listens.
const FOREVER_MS = 2 ** 31 - 1;

/**
 * Makes the service the life of the process: starts it, waits for SIGTERM or SIGINT, stops it and exits with 0. Exits
 * with 2 for bad options, with 1 when the start or the stop fails and at a second signal. Never resolves. With `--help`
 * or `--version` it prints that instead and exits with 0.
 */
export async function runUntilSignal(parts: Parts, lifecycle: Lifecycle): Promise<never> {
  const { logger, settings, question } = parts;
  if (question !== undefined) {
    process.stdout.write(answerTo(question, settings));
    await parts.close();
    process.exit(0);
  }
  const awake = setInterval(() => {}, FOREVER_MS);
  let signalled = false;
  const onSignal = (signal: NodeJS.Signals) => {
    if (signalled) {
      logger.error(`${settings.name}: ${signal} again, not waiting any longer`);
      process.exit(1);
    }
    signalled = true;
    logger.info(`${settings.name}: ${signal}, stopping`);
    lifecycle.stop().then(
      () => process.exit(0),
      (error: unknown) => fail(error),
    );
  };
  function fail(error: unknown): void {
    for (const line of describeFailure(settings.name, error)) logger.error(line);
    process.exit(error instanceof ConfigurationError ? 2 : 1);
  }
  for (const signal of SIGNALS) process.on(signal, onSignal);
  try {
    await lifecycle.start();
    if (!signalled) logger.info(describeStart(parts, lifecycle));
  } catch (error) {
    clearInterval(awake);
    if (!signalled) fail(error);
  }
  return new Promise<never>(() => {});
}
