import { MicroError } from "../../errors/index.ts";
import { CLIENT_ID } from "../cancel-reason.ts";

/** Longest detail that goes into `Micro-Error`: it is a header field, and readers limit those. */
const MAX_DETAIL = 8192;

/** What `Micro-Error` says: Micro's JSON, as go-micro's servers write it. */
export function errorText(error: MicroError): string {
  const { id, code, detail, status } = error;
  const short = detail.length > MAX_DETAIL ? `${detail.slice(0, MAX_DETAIL)}...` : detail;
  // Non-ASCII is escaped: not everybody between two services leaves bytes beyond it alone.
  return JSON.stringify({ id, code, detail: short, status }).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** The error of `Micro-Error`. go-micro's own mistakes in words get the number they have elsewhere. */
export function errorOfText(text: string): MicroError {
  const isUnknown = /^rpc: can't find (?:service|method) /.test(text);
  return MicroError.parse(text, { id: CLIENT_ID, code: isUnknown ? 501 : 500 });
}
