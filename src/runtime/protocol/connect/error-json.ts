import {
  type ErrorDetail,
  errorCodeOfConnect,
  errorCodeOfGrpc,
  errorCodeOfHttp,
  MicroError,
} from "../../errors/index.ts";
import { CLIENT_ID } from "../cancel-reason.ts";
import { microDetail, splitMicroDetail } from "../error-details.ts";

/** Connect's error: `{"code":"not_found","message":"no such book","details":[...]}`. */
export interface ConnectErrorJson {
  readonly code: string;
  readonly message?: string;
  readonly details?: readonly { readonly type: string; readonly value: string }[];
}

/** `withMicro`: the caller reads Micro's error, which goes along as a detail. */
export function toConnectError(error: MicroError, withMicro: boolean): ConnectErrorJson {
  const details = withMicro ? [...error.details, microDetail(error.toJSON())] : error.details;
  return {
    code: errorCodeOfGrpc(error.grpc).connect,
    ...(error.detail === "" ? {} : { message: error.detail }),
    ...(details.length === 0
      ? {}
      : {
          details: details.map(({ type, value }) => ({
            type,
            value: Buffer.from(value).toString("base64").replace(/=+$/, ""),
          })),
        }),
  };
}

/**
 * Reads Connect's error. What is none, as from something in between, counts by the `httpStatus` it came with; an unknown
 * code does, too. Without one (a stream's end) it is UNKNOWN.
 */
export function fromConnectError(json: unknown, httpStatus: number | undefined): MicroError {
  const value = (typeof json === "object" && json !== null ? json : {}) as Readonly<Record<string, unknown>>;
  const entry =
    errorCodeOfConnect(value.code) ??
    (httpStatus === undefined ? errorCodeOfGrpc(2) : errorCodeOfHttp(httpStatus));
  const all = Array.isArray(value.details) ? value.details.flatMap(toDetail) : [];
  const { micro, details } = splitMicroDetail(all);
  const { grpc } = entry;
  if (micro !== undefined) {
    return new MicroError({
      ...micro,
      status: micro.status || undefined,
      details,
      ...(entry.code === micro.code ? { grpc } : {}),
    });
  }
  const fallback = httpStatus === undefined ? entry.grpcName : `HTTP status ${httpStatus}`;
  const detail =
    typeof value.message === "string" ? value.message : typeof value.code === "string" ? "" : fallback;
  return new MicroError({ id: CLIENT_ID, code: entry.code, grpc, detail, details });
}

function toDetail(json: unknown): ErrorDetail[] {
  const { type, value } = (json ?? {}) as { readonly type?: unknown; readonly value?: unknown };
  if (typeof type !== "string" || typeof value !== "string") return [];
  return [{ type: type.slice(type.lastIndexOf("/") + 1), value: Buffer.from(value, "base64") }];
}
