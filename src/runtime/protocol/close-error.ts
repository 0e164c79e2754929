import { MicroError, messageOf, timeout, unavailable } from "../errors/index.ts";
import {
  H2_CANCEL,
  H2_ENHANCE_YOUR_CALM,
  H2_INADEQUATE_SECURITY,
  H2_NO_ERROR,
  H2_PROTOCOL_ERROR,
  H2_REFUSED_STREAM,
  type StreamClose,
} from "../http2/index.ts";
import { CLIENT_ID, deadlineExceeded } from "./cancel-reason.ts";
import { markLost, markRefused, markUnsent } from "./channel.ts";

/** The error of a call whose stream closed before its answer was complete. `deadline`: the call's. */
export function closeError(close: StreamClose, address: string, deadline: number | undefined): MicroError {
  const reason = close.cause === undefined ? "" : `: ${messageOf(close.cause)}`;
  if (close.unsent) {
    if (close.cause === undefined)
      return markRefused(unavailable(CLIENT_ID, `${address} did not take the call`));
    return markUnsent(because(unavailable(CLIENT_ID, `cannot reach ${address}${reason}`), close));
  }
  if (close.stalled) return timeout(CLIENT_ID, `${address} took nothing of the request for too long`);
  if (close.connectionLost) {
    return markLost(because(unavailable(CLIENT_ID, `connection to ${address} lost${reason}`), close));
  }
  switch (close.code) {
    case H2_REFUSED_STREAM:
      return markRefused(unavailable(CLIENT_ID, `${address} refused the call`));
    case H2_CANCEL:
      // Servers whose clock is a little ahead of ours cancel what is too late, as grpc-go does.
      if (deadline !== undefined && deadline <= Date.now() + CLOCK_MS) return deadlineExceeded();
      return new MicroError({ id: CLIENT_ID, code: 499, detail: `${address} cancelled the call` });
    case H2_ENHANCE_YOUR_CALM:
      return new MicroError({ id: CLIENT_ID, code: 429, detail: `${address} asks for fewer calls` });
    case H2_INADEQUATE_SECURITY:
      return new MicroError({ id: CLIENT_ID, code: 403, detail: `${address} finds the connection too weak` });
    case H2_NO_ERROR:
      return new MicroError({ id: CLIENT_ID, code: 500, detail: "the response ended without a status" });
    case H2_PROTOCOL_ERROR:
      return because(
        new MicroError({ id: CLIENT_ID, code: 500, detail: `${address} does not keep to HTTP${reason}` }),
        close,
      );
    default:
      return new MicroError({
        id: CLIENT_ID,
        code: 500,
        detail: `${address} reset the call (HTTP/2 error ${close.code})`,
      });
  }
}

/** Deadlines travel in whole milliseconds. */
const CLOCK_MS = 1;

function because(error: MicroError, { cause }: StreamClose): MicroError {
  return cause === undefined ? error : Object.assign(error, { cause });
}
