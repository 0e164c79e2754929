import { type ErrorCode, errorCodeOf, errorCodeOfGrpc } from "./codes.ts";

/** What a {@link MicroError} is made from. */
export interface MicroErrorInit {
  /** Who made the error: a service name, or `go.micro.client` for errors made on the calling side. */
  id: string;
  /** HTTP-like number, as in Micro. */
  code: number;
  /** One sentence for a person. */
  detail: string;
  /** Reason phrase; taken from the code when absent. */
  status?: string | undefined;
  /** gRPC status where it says more than `code`, for instance ABORTED (10), which shares 409. */
  grpc?: number | undefined;
  /**
   * When another attempt makes sense, in milliseconds from now; negative: never. Travels beside the error, as
   * `grpc-retry-pushback-ms` and `Retry-After`.
   */
  retryAfterMs?: number | undefined;
  /** Messages for a program that handles the error, beside the sentence for a person. gRPC and Connect carry them. */
  details?: readonly ErrorDetail[] | undefined;
  cause?: unknown;
}

/** A message that goes with an error, as `google.rpc.Status` has them. `errorDetail` makes one, `findDetail` reads it. */
export interface ErrorDetail {
  /** Full name of the message type: `google.rpc.RetryInfo`. */
  readonly type: string;
  /** The message in protobuf's binary form. */
  readonly value: Uint8Array;
}

/** Micro's error as it travels: key order and names as go-micro writes them. */
export interface MicroErrorJson {
  id: string;
  code: number;
  detail: string;
  status: string;
}

const NO_DETAILS: readonly ErrorDetail[] = [];
const BRAND = Symbol.for("@micro-service/runtime/MicroError");

/**
 * The one error class. Throw it in a handler and the caller gets id, code and detail; anything else a handler throws
 * reaches the caller as a bland 500 and only the local log sees the reason.
 */
export class MicroError extends Error {
  readonly id: string;
  readonly code: number;
  readonly detail: string;
  readonly status: string;
  readonly grpc: number;
  /** When another attempt makes sense, in milliseconds; negative: never; undefined: nobody said. */
  retryAfterMs: number | undefined;
  readonly details: readonly ErrorDetail[];
  /** Every attempt's error, oldest first, when the call was retried. */
  attempts: readonly MicroError[] = [];

  constructor(init: MicroErrorInit) {
    const entry: ErrorCode = init.grpc === undefined ? errorCodeOf(init.code) : errorCodeOfGrpc(init.grpc);
    super(init.detail, init.cause === undefined ? undefined : { cause: init.cause });
    this.name = "MicroError";
    this.id = init.id;
    this.code = init.code;
    this.detail = init.detail;
    this.status = init.status ?? errorCodeOf(init.code).status;
    this.grpc = entry.grpc;
    this.retryAfterMs = init.retryAfterMs;
    this.details = init.details ?? NO_DETAILS;
    Object.defineProperty(this, BRAND, { value: true });
  }

  toJSON(): MicroErrorJson {
    return { id: this.id, code: this.code, detail: this.detail, status: this.status };
  }

  /** True for our errors, also when two copies of this package are loaded. */
  static is(value: unknown): value is MicroError {
    try {
      return (
        typeof value === "object" && value !== null && (value as Record<symbol, unknown>)[BRAND] === true
      );
    } catch {
      return false; // a proxy that does not let itself be asked
    }
  }

  /**
   * Any thrown value as a MicroError: ours unchanged; an aborted signal as 499, a timeout as 408; everything else as
   * 500 with the reason kept as `cause` (never in `detail`: it may hold secrets).
   */
  static from(reason: unknown, id: string): MicroError {
    if (MicroError.is(reason)) return reason;
    const name = nameOf(reason);
    if (name === "AbortError")
      return new MicroError({ id, code: 499, detail: "call was cancelled", cause: reason });
    if (name === "TimeoutError")
      return new MicroError({ id, code: 408, detail: "deadline exceeded", cause: reason });
    return new MicroError({ id, code: 500, detail: "internal error", cause: reason });
  }

  /** Reads Micro's error JSON; text that is none becomes the detail (go-micro `errors.Parse`). */
  static parse(text: string, fallback: Pick<MicroErrorInit, "id" | "code" | "grpc" | "details">): MicroError {
    try {
      const json = JSON.parse(text) as Partial<MicroErrorJson> | null;
      if (json !== null && typeof json === "object" && typeof json.code === "number" && json.code > 0) {
        const status = typeof json.status === "string" && json.status !== "" ? json.status : undefined;
        const same = fallback.grpc !== undefined && errorCodeOfGrpc(fallback.grpc).code === json.code;
        return new MicroError({
          id: String(json.id ?? ""),
          code: json.code,
          detail: String(json.detail ?? ""),
          status,
          details: fallback.details,
          ...(same ? { grpc: fallback.grpc } : {}),
        });
      }
    } catch {
      // Not JSON: other peers put plain text here.
    }
    return new MicroError({ ...fallback, detail: text });
  }
}

function nameOf(reason: unknown): unknown {
  try {
    return reason instanceof Error ? reason.name : "";
  } catch {
    return ""; // anything can be thrown, also what throws when it is looked at
  }
}

const maker =
  (code: number) =>
  (id: string, detail: string): MicroError =>
    new MicroError({ id, code, detail });

/** 400: the request makes no sense, and will not the next time either. */
export const badRequest = maker(400);
/** 401: nobody knows who calls. */
export const unauthorized = maker(401);
/** 403: the caller is known and may not. */
export const forbidden = maker(403);
/** 404: what was asked for is not there. */
export const notFound = maker(404);
/** 408: the time was over before there was an answer; gRPC calls it DEADLINE_EXCEEDED. */
export const timeout = maker(408);
/** 409: what is there already is in the way. */
export const conflict = maker(409);
/** 429: the caller has to slow down. */
export const tooManyRequests = maker(429);
/** 500: a mistake on this side. */
export const internalServerError = maker(500);
/** 501: there is no such service or method here. */
export const notImplemented = maker(501);
/** 503: not now; another attempt may succeed. */
export const unavailable = maker(503);
