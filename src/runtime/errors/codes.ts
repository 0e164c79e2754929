/**
 * The one table of error codes: Micro's HTTP-like number and reason phrase, the gRPC status, the Connect name and the
 * HTTP status Connect answers with. docs/errors.md shows it.
 *
 * Sources: go-micro v2.9 `server/grpc` (which numbers map to which gRPC status); the gRPC status code document and the
 * Connect protocol for the codes Micro has no word for. The first row with a number wins when reading that number.
 */
export interface ErrorCode {
  /** HTTP-like number, as in Micro's error JSON. */
  readonly code: number;
  /** HTTP reason phrase, Micro's `status`. */
  readonly status: string;
  /** gRPC status code, 0..16. */
  readonly grpc: number;
  /** gRPC status name. */
  readonly grpcName: string;
  /** Connect error name. */
  readonly connect: string;
  /** HTTP status of a Connect answer that is this error. */
  readonly connectHttp: number;
}

const row = (
  code: number,
  status: string,
  grpc: number,
  grpcName: string,
  connectHttp: number = code,
): ErrorCode => ({
  code,
  status,
  grpc,
  grpcName,
  // Connect spells it as Go does.
  connect: grpcName === "CANCELLED" ? "canceled" : grpcName.toLowerCase(),
  connectHttp,
});

/** See {@link ErrorCode}; in the order in which a number is looked up. */
export const ERROR_CODES: readonly ErrorCode[] = [
  row(400, "Bad Request", 3, "INVALID_ARGUMENT"),
  row(401, "Unauthorized", 16, "UNAUTHENTICATED"),
  row(403, "Forbidden", 7, "PERMISSION_DENIED"),
  row(404, "Not Found", 5, "NOT_FOUND"),
  row(408, "Request Timeout", 4, "DEADLINE_EXCEEDED", 504),
  row(409, "Conflict", 6, "ALREADY_EXISTS"),
  row(412, "Precondition Failed", 9, "FAILED_PRECONDITION", 400),
  row(429, "Too Many Requests", 8, "RESOURCE_EXHAUSTED"),
  row(499, "Client Closed Request", 1, "CANCELLED"),
  row(500, "Internal Server Error", 13, "INTERNAL"),
  row(501, "Not Implemented", 12, "UNIMPLEMENTED"),
  row(503, "Service Unavailable", 14, "UNAVAILABLE"),
  row(400, "Bad Request", 11, "OUT_OF_RANGE"),
  row(409, "Conflict", 10, "ABORTED"),
  row(500, "Internal Server Error", 2, "UNKNOWN"),
  row(500, "Internal Server Error", 15, "DATA_LOSS"),
];

const UNKNOWN = ERROR_CODES.find((entry) => entry.grpc === 2) as ErrorCode;

/** The row of Micro's number; a number outside the table is UNKNOWN on gRPC (go-micro's rule) and keeps itself. */
export function errorCodeOf(code: number): ErrorCode {
  return ERROR_CODES.find((entry) => entry.code === code) ?? { ...UNKNOWN, code };
}

/** The row of a gRPC status; anything outside 1..16 counts as UNKNOWN, as the gRPC specification asks. */
export function errorCodeOfGrpc(grpc: number): ErrorCode {
  return ERROR_CODES.find((entry) => entry.grpc === grpc) ?? UNKNOWN;
}

/** The row of a Connect error name; undefined for a name that Connect does not know. */
export function errorCodeOfConnect(name: unknown): ErrorCode | undefined {
  return ERROR_CODES.find((entry) => entry.connect === name);
}

const HTTP_TO_GRPC: Readonly<Record<number, number>> = {
  400: 13,
  401: 16,
  403: 7,
  404: 12,
  429: 14,
  502: 14,
  503: 14,
  504: 14,
};

/**
 * The row for an HTTP status of somebody in between, who speaks neither gRPC nor Connect (the gRPC document "HTTP to gRPC
 * Status Code Mapping", which Connect shares): 404 -> UNIMPLEMENTED. Anything not listed there is UNKNOWN.
 */
export function errorCodeOfHttp(httpStatus: number): ErrorCode {
  return errorCodeOfGrpc(HTTP_TO_GRPC[httpStatus] ?? 2);
}
