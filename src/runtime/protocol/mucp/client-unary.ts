import { MicroError } from "../../errors/index.ts";
import { CLIENT_ID, deadlineExceeded, errorOfAbort } from "../cancel-reason.ts";
import type { ChannelCall } from "../channel.ts";
import { startDeadline } from "../deadline.ts";
import { readSent } from "./answer-metadata.ts";
import { readAnswer } from "./client-call.ts";
import type { MucpClientConnection } from "./client-connection.ts";

/**
 * Sends one frame and waits for the one that answers it. Afterwards the connection is free, or closed when the answer did
 * not come: one that comes late would be taken for that of the next call.
 */
export function callUnary<I, O>(
  call: ChannelCall<I, O>,
  connection: MucpClientConnection,
  frame: Buffer,
): Promise<O> {
  return new Promise((resolve, reject) => {
    const settle = () => {
      clearTimeout(timer);
      call.signal?.removeEventListener("abort", onAbort);
    };
    const cancel = (error: MicroError) => {
      settle();
      connection.close();
      reject(error);
    };
    const onAbort = () => cancel(errorOfAbort(call.signal?.reason));
    const timer = startDeadline(call.deadline, () => cancel(deadlineExceeded()));
    call.signal?.addEventListener("abort", onAbort, { once: true });
    connection.use({
      onFrame(answer) {
        settle();
        connection.release();
        try {
          call.onHeader?.(readSent(answer.fields, "header"));
          call.onTrailer?.(readSent(answer.fields, "trailer"));
          const read = readAnswer(call, answer);
          if (read === "end") resolve(call.method.output.create());
          else if ("error" in read) reject(read.error);
          else resolve(read.message);
        } catch (cause) {
          // The caller's own function threw.
          reject(MicroError.from(cause, CLIENT_ID));
        }
      },
      onLost(error) {
        settle();
        reject(error);
      },
      onDrain() {},
    });
    connection.send(frame);
  });
}
