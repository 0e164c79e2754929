import { type ServerResponse, STATUS_CODES } from "node:http";
import { MicroError } from "@micro-service/runtime";
import { httpStatusOf } from "./http-status.ts";

/** A MicroError as the answer of an HTTP server: Micro's error JSON, keys in Micro's order. */
export function sendError(response: ServerResponse, error: MicroError): void {
  if (response.headersSent || response.destroyed) {
    // Half an answer is out: cutting the connection is the only way left to say that it is not whole.
    response.destroy();
    return;
  }
  const code = httpStatusOf(error.code);
  const body = JSON.stringify({
    id: error.id,
    code,
    detail: error.detail,
    status: code === error.code && error.status !== "" ? error.status : (STATUS_CODES[code] ?? ""),
  });
  response.writeHead(code, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
    "x-content-type-options": "nosniff",
    // The rest of a body nobody read must not be taken for the next request.
    ...(response.req.complete ? {} : { connection: "close" }),
  });
  response.end(body);
}

/** An error the gateway makes itself, with the reason phrase of its code. */
export function httpError(id: string, code: number, detail: string): MicroError {
  return new MicroError({ id, code, detail, status: STATUS_CODES[code] ?? "" });
}
