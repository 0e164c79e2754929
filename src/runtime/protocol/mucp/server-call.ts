import { REQUEST } from "../../codec/index.ts";
import { CallContext, type Peer } from "../../context/index.ts";
import { MicroError } from "../../errors/index.ts";
import { deadlineExceeded } from "../cancel-reason.ts";
import { startDeadline } from "../deadline.ts";
import type { Route, RunningCall } from "../dispatcher.ts";
import { metadataFromHeaders } from "../metadata-wire.ts";
import type { Admission } from "./admission.ts";
import { addSent, checkSent } from "./answer-metadata.ts";
import { errorText } from "./error-text.ts";
import type { FrameHeaders } from "./frame.ts";
import { answerHeaders, type MucpRequest, timeoutMsOf } from "./request.ts";

/** Where a call writes its answers. */
export interface AnswerSink {
  send(headers: FrameHeaders, body: Uint8Array): void;
  /** The call is over; nothing more is sent for it. */
  ended(call: RunningCall): void;
}

/** One unary call: a frame came, a frame goes back. */
export class MucpUnaryCall implements RunningCall {
  readonly #request: MucpRequest;
  readonly #admission: Admission;
  readonly #sink: AnswerSink;
  readonly #context: CallContext;
  #timer: NodeJS.Timeout | undefined;
  #over = false;

  constructor(request: MucpRequest, admission: Admission, peer: Peer, sink: AnswerSink) {
    this.#request = request;
    this.#admission = admission;
    admission.call = this;
    this.#sink = sink;
    const timeoutMs = timeoutMsOf(request.fields);
    this.#context = new CallContext({
      method: admission.route.path,
      peer,
      deadline: timeoutMs === undefined ? undefined : Date.now() + timeoutMs,
      metadata: () => metadataFromHeaders(request.fields),
    });
  }

  async run(): Promise<void> {
    const { codec } = this.#request;
    const { dispatcher, route } = this.#admission;
    this.#timer = startDeadline(this.#context.deadline, () => {
      this.cancel(deadlineExceeded(dispatcher.serviceName));
    });
    try {
      const message = readMessage(this.#request, route);
      const reply = await route.unary(message, this.#context);
      if (this.#over) return;
      checkSent(this.#context, dispatcher.serviceName);
      this.#answer("", codec.marshal(route.method.output, reply as never));
    } catch (reason) {
      this.#fail(reason);
    } finally {
      this.#admission.end();
    }
  }

  cancel(reason: MicroError): void {
    if (this.#over) return;
    this.#fail(reason);
    this.#context.cancel(reason);
    this.#admission.leave();
  }

  /** The connection is gone: nobody waits for the answer. */
  abandon(reason: MicroError): void {
    if (this.#over) return;
    this.#finish();
    this.#context.cancel(reason);
    this.#admission.leave();
  }

  #fail(reason: unknown): void {
    if (this.#over) return;
    this.#answer(errorText(this.#admission.errorFor(reason, this.#context)), undefined);
  }

  #answer(error: string, message: Uint8Array | undefined): void {
    this.#finish();
    const headers = answerHeaders({ Id: this.#request.id, Error: error });
    addSent(headers, "header", this.#context, error !== "");
    addSent(headers, "trailer", this.#context, error !== "");
    sendAnswer(this.#sink, this.#request, headers, error, message);
  }

  #finish(): void {
    this.#over = true;
    clearTimeout(this.#timer);
    this.#sink.ended(this);
  }
}

/** The message of a frame. An empty body is an empty message, whatever the codec says of no bytes. */
export function readMessage(
  { codec, message }: Pick<MucpRequest, "codec" | "message">,
  { method }: Route,
): unknown {
  return message.length === 0 ? method.input.create() : codec.unmarshal(method.input, message, REQUEST);
}

/** Sends one answer in the form of the request. */
export function sendAnswer(
  sink: AnswerSink,
  { id, endpoint, form, contentType }: MucpRequest,
  headers: FrameHeaders,
  error: string,
  message: Uint8Array | undefined,
): void {
  const body = form.close(message, { id, endpoint, error });
  if (body.length > 0) headers["Content-Type"] = contentType;
  sink.send(headers, body);
}

/** Why calls end when their connection does. */
export function callerLeft(id: string): MicroError {
  return new MicroError({ id, code: 499, detail: "the caller left" });
}
