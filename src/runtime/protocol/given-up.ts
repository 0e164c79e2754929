import type { MicroError } from "../errors/index.ts";

const GIVEN_UP = Symbol.for("@micro-service/runtime/givenUp");

/**
 * Notes on an error made on the calling side that everything worth trying was tried. A handler that fails with it tells its
 * caller not to repeat the call: else every service on the way would repeat, and three of them make eight calls of one.
 */
export function markGivenUp(error: MicroError): MicroError {
  return Object.defineProperty(error, GIVEN_UP, { value: true, configurable: true });
}

export function isGivenUp(error: MicroError): boolean {
  return (error as { readonly [GIVEN_UP]?: boolean })[GIVEN_UP] === true;
}
