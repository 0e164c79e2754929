export { ERROR_CODES, type ErrorCode, errorCodeOf, errorCodeOfGrpc } from "./codes.ts";
export { describeReason, messageOf } from "./describe-reason.ts";
export {
  badRequest,
  conflict,
  forbidden,
  internalServerError,
  MicroError,
  type MicroErrorInit,
  type MicroErrorJson,
  notFound,
  notImplemented,
  timeout,
  tooManyRequests,
  unauthorized,
  unavailable,
} from "./micro-error.ts";
