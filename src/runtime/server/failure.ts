import { randomBytes } from "node:crypto";
import { type Context, runInContext } from "../context/index.ts";
import { describeReason, internalServerError, MicroError, messageOf } from "../errors/index.ts";
import { isGivenUp, missingCalleeOf } from "../protocol/index.ts";
import type { ServerLogger } from "./create-server.ts";

/**
 * What a caller may know of a failure. A MicroError was meant for the caller. Anything else may hold secrets: the log
 * gets it, the caller a bland 500 with the reference under which it is logged.
 *
 * So does a service that the handler called and that could not be reached: the 404 of the handler's own client would
 * say that the handler's method is missing, and its text names addresses. The caller gets 503 and which service it is.
 *
 * A call that the handler's client has repeated as often as it may is not to be repeated by our caller, too.
 */
export function errorForCaller(
  reason: unknown,
  serviceName: string,
  path: string,
  logger: ServerLogger,
  context: Context | undefined,
): MicroError {
  const log = (line: string, fields: Readonly<Record<string, unknown>>) =>
    write(logger, line, fields, context);
  const givenUp = MicroError.is(reason) && isGivenUp(reason);
  const callee = MicroError.is(reason) ? missingCalleeOf(reason) : undefined;
  // Other errors of the handler's client, such as a deadline that passed, are true for its caller, too.
  if (callee !== undefined && UNREACHABLE.has((reason as MicroError).code)) {
    const { detail: cause } = reason as MicroError;
    log(`${serviceName}: ${path} failed: ${describeReason(cause)}`, { error: reason });
    const detail = `${callee}, which ${path} needs, is not available`;
    return new MicroError({ id: serviceName, code: 503, detail, ...(givenUp ? NEVER_AGAIN : {}) });
  }
  if (MicroError.is(reason)) return givenUp ? new MicroError({ ...reason, ...NEVER_AGAIN }) : reason;
  const known = MicroError.from(reason, serviceName);
  // A handler that was cancelled usually fails with the abort of its signal: no surprise, nothing to log.
  if (known.code !== 500) return known;
  const reference = randomBytes(4).toString("hex");
  log(`${serviceName}: ${path} failed (${reference}): ${describeReason(messageOf(reason))}`, {
    reference,
    error: reason,
  });
  return internalServerError(serviceName, `internal error (${reference})`);
}

const NEVER_AGAIN = { retryAfterMs: -1 };
const UNREACHABLE = new Set([404, 503]);

/** In the context of the call, which the line tells of. */
function write(
  logger: ServerLogger,
  line: string,
  fields: Readonly<Record<string, unknown>>,
  context: Context | undefined,
): void {
  try {
    if (context === undefined) logger.error(line, fields);
    else runInContext(context, () => logger.error(line, fields));
  } catch {
    // A logger that fails must not keep the caller waiting, let alone end the process.
  }
}
