import { randomBytes } from "node:crypto";
import { describeReason, internalServerError, MicroError } from "../errors/index.ts";
import type { ServerLogger } from "./create-server.ts";

/**
 * What a caller may know of a failure. A MicroError was meant for the caller. Anything else may hold secrets: the log
 * gets it, the caller a bland 500 with the reference under which it is logged.
 */
export function errorForCaller(
  reason: unknown,
  serviceName: string,
  path: string,
  logger: ServerLogger,
): MicroError {
  if (MicroError.is(reason)) return reason;
  const known = MicroError.from(reason, serviceName);
  // A handler that was cancelled usually fails with the abort of its signal: no surprise, nothing to log.
  if (known.code !== 500) return known;
  const reference = randomBytes(4).toString("hex");
  try {
    logger.error(`${serviceName}: ${path} failed (${reference}): ${describeReason(reason)}`);
  } catch {
    // A logger that fails must not keep the caller waiting, let alone end the process.
  }
  return internalServerError(serviceName, `internal error (${reference})`);
}
