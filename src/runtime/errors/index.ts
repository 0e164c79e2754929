export {
  ERROR_CODES,
  type ErrorCode,
  errorCodeOf,
  errorCodeOfConnect,
  errorCodeOfGrpc,
  errorCodeOfHttp,
} from "./codes.ts";
export { describeReason, messageOf } from "./describe-reason.ts";
export {
  badRequest,
  conflict,
  type ErrorDetail,
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
