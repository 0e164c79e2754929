import { randomBytes } from "node:crypto";
import type { Context } from "../context/index.ts";

/** The name under which proxies and gateways send it. */
export const REQUEST_ID = "x-request-id";
/** What others may choose. */
const ID = /^[\w.:/+=@-]{1,128}$/;

/**
 * The id of the request that a call belongs to: what the caller sent as `x-request-id`, else one that is made when it
 * is asked for first. It stays with the context, whose metadata goes on into all calls and events the handler makes:
 * every service on the way has the same.
 */
export function requestIdOf({ metadata }: Context): string {
  const given = metadata.get(REQUEST_ID);
  if (given !== undefined && ID.test(given)) return given;
  const made = randomBytes(8).toString("hex");
  metadata.set(REQUEST_ID, made);
  return made;
}
