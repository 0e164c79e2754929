import type { MicroError } from "../errors/index.ts";
import type { RunningCall } from "../protocol/index.ts";

/** The calls being worked on, so that stopping can wait for them. */
export class RunningCalls {
  readonly #calls = new Set<RunningCall>();
  readonly #waiting: (() => void)[] = [];

  begin(call: RunningCall): void {
    this.#calls.add(call);
  }

  end(call: RunningCall): void {
    if (this.#calls.delete(call) && this.#calls.size === 0) {
      for (const resolve of this.#waiting.splice(0)) resolve();
    }
  }

  /** Resolves when no call runs; at the latest after `graceMs`. */
  async whenIdle(graceMs: number): Promise<void> {
    if (this.#calls.size === 0) return;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve);
      timer = setTimeout(resolve, graceMs);
    });
    clearTimeout(timer);
  }

  cancelAll(reason: MicroError): void {
    for (const call of [...this.#calls]) call.cancel(reason);
  }
}
