import { MicroError } from "../../errors/index.ts";
import type { MessageInit } from "../../protobuf/index.ts";
import { abandon } from "../abandon.ts";
import { marshalRequest } from "../call-errors.ts";
import { CLIENT_ID, deadlineExceeded, errorOfAbort, requestsFailed } from "../cancel-reason.ts";
import type { ChannelCall } from "../channel.ts";
import { startDeadline } from "../deadline.ts";
import { LoopTurns } from "../loop-turns.ts";
import { MessageQueue, type QueueOwner } from "../message-queue.ts";
import { readSent } from "./answer-metadata.ts";
import { callHeaders, readAnswer } from "./client-call.ts";
import type { ConnectionUser, MucpClientConnection } from "./client-connection.ts";
import { EndProbe, PROBE_CONTENT_TYPE } from "./end-probe.ts";
import { errorText } from "./error-text.ts";
import { END_OF_STREAM, type FrameHeaders, requestFrame } from "./frame.ts";
import type { HttpMessage } from "./http-reader.ts";

const NOTHING = new Uint8Array(0);

/** One streaming call, on a connection of its own. Leaving `responses` early ends it and the requests. */
export class MucpStreamCall<Input, Output> implements ConnectionUser, QueueOwner {
  readonly responses: MessageQueue<Output>;
  readonly #call: ChannelCall<Input, Output>;
  readonly #address: string;
  readonly #headers: FrameHeaders;
  #connection: MucpClientConnection | undefined;
  #timer: NodeJS.Timeout | undefined;
  #onAbort: (() => void) | undefined;
  #requests: AsyncIterator<MessageInit<Input>> | undefined;
  #requestsEnded = false;
  /** Waits for an end that may not be told, from when the requests have ended. */
  #probe: EndProbe | undefined;
  #drained: (() => void) | undefined;
  #headerSeen = false;
  #settled = false;

  constructor(call: ChannelCall<Input, Output>, address: string, id: string) {
    this.#call = call;
    this.#address = address;
    this.#headers = callHeaders(call, id, true);
    this.responses = new MessageQueue<Output>(this);
  }

  /** True when nobody waits for it any more. */
  get settled(): boolean {
    return this.#settled;
  }

  /** Begins to count the time; to be called before the connection is dialled. */
  watch(): void {
    const { signal, deadline } = this.#call;
    this.#timer = startDeadline(deadline, () => this.fail(deadlineExceeded()));
    if (signal === undefined) return;
    this.#onAbort = () => this.fail(errorOfAbort(signal.reason));
    signal.addEventListener("abort", this.#onAbort, { once: true });
  }

  start(connection: MucpClientConnection, requests: AsyncIterable<MessageInit<Input>>): void {
    this.#connection = connection;
    connection.use(this);
    // Opens the stream. Go's servers drop its body, so it carries none.
    connection.send(this.#frame(NOTHING));
    void this.#send(connection, requests);
  }

  fail(error: MicroError): void {
    if (this.#settled) return;
    // The handler shall not take it for the end of the requests.
    this.#settle(errorText(error));
    this.responses.fail(error);
  }

  onFrame(frame: HttpMessage): void {
    if (this.#probe !== undefined && frame.body.includes(PROBE_CONTENT_TYPE)) {
      this.#probe.answered();
      return;
    }
    const answer = readAnswer(this.#call, frame);
    if (!this.#notify(frame, answer === "end" || "error" in answer)) return;
    if (answer === "end") this.#finish();
    else if ("error" in answer) this.fail(answer.error);
    else {
      const hasRoom = this.responses.push(answer.message, frame.body.length);
      // Its only answer is here, and go-micro's servers do not tell the end of a stream whose requests ended before.
      if (this.#call.method.kind === "clientStream" && this.#requestsEnded) this.#finish();
      else if (hasRoom) this.#probe?.wait();
      else {
        this.#connection?.pause();
        this.#probe?.stop();
      }
    }
  }

  /** A caller's function that throws fails its call, not the process: false. */
  #notify({ fields }: HttpMessage, isLast: boolean): boolean {
    try {
      if (!this.#headerSeen) this.#call.onHeader?.(readSent(fields, "header"));
      this.#headerSeen = true;
      if (isLast) this.#call.onTrailer?.(readSent(fields, "trailer"));
      return true;
    } catch (cause) {
      this.fail(MicroError.from(cause, CLIENT_ID));
      return false;
    }
  }

  onLost(error: MicroError): void {
    this.fail(error);
  }

  onDrain(): void {
    const drained = this.#drained;
    this.#drained = undefined;
    drained?.();
  }

  queueDrained(): void {
    this.#probe?.wait();
    this.#connection?.resume();
  }

  queueAbandoned(): void {
    if (!this.#settled) this.#settle();
  }

  async #send(connection: MucpClientConnection, requests: AsyncIterable<MessageInit<Input>>): Promise<void> {
    const turns = new LoopTurns();
    const { codec, method } = this.#call;
    try {
      const iterator = requests[Symbol.asyncIterator]();
      this.#requests = iterator;
      for (;;) {
        const { done, value } = await iterator.next();
        if (this.#settled) return;
        if (done === true) break;
        if (!connection.send(this.#frame(marshalRequest(codec, method.input, value)))) {
          await new Promise<void>((resolve) => {
            this.#drained = resolve;
          });
          if (this.#settled) return;
        }
        const turn = turns.next();
        if (turn !== undefined) {
          await turn;
          if (this.#settled) return;
        }
      }
      this.#requestsEnded = true;
      // The one request of a server-streaming call needs no end; go-micro's servers would take it for the end of the call.
      if (method.kind === "serverStream") return;
      connection.send(this.#endFrame());
      this.#awaitEnd(connection);
    } catch (cause) {
      this.#requestsEnded = !MicroError.is(cause);
      this.fail(MicroError.is(cause) ? cause : requestsFailed(cause));
    }
  }

  #awaitEnd(connection: MucpClientConnection): void {
    const question = requestFrame(
      this.#address,
      { ...this.#headers, "Content-Type": PROBE_CONTENT_TYPE },
      NOTHING,
    );
    this.#probe = new EndProbe(
      () => connection.send(question),
      () => this.#finish(),
    );
    this.#probe.wait();
  }

  #frame(body: Uint8Array): Buffer {
    return requestFrame(this.#address, this.#headers, body);
  }

  #endFrame(error: string = END_OF_STREAM): Buffer {
    return requestFrame(this.#address, { ...this.#headers, "Micro-Error": error }, NOTHING);
  }

  #finish(): void {
    if (this.#settled) return;
    this.#settle();
    this.responses.end();
  }

  #settle(error: string = END_OF_STREAM): void {
    this.#settled = true;
    clearTimeout(this.#timer);
    this.#probe?.stop();
    if (this.#onAbort !== undefined) this.#call.signal?.removeEventListener("abort", this.#onAbort);
    if (!this.#requestsEnded) abandon(this.#requests);
    this.onDrain();
    // As go-micro's clients do: the end is told, and the connection with it gone.
    this.#connection?.end(this.#endFrame(error));
  }
}
