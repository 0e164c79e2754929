import type { CallContext } from "../../context/index.ts";
import { addSent, checkSent } from "./answer-metadata.ts";
import { END_OF_STREAM } from "./frame.ts";
import { answerHeaders, type MucpRequest } from "./request.ts";
import { type AnswerSink, sendAnswer } from "./server-call.ts";

/** The frames that answer a stream: its messages, and how it ended. */
export class StreamAnswers {
  readonly #sink: AnswerSink;
  readonly #request: MucpRequest;
  readonly #context: CallContext;
  readonly #errorId: string;
  #headerSent = false;

  constructor(sink: AnswerSink, request: MucpRequest, context: CallContext, errorId: string) {
    this.#sink = sink;
    this.#request = request;
    this.#context = context;
    this.#errorId = errorId;
  }

  /** Throws MicroError 431 when the handler has set more than a header takes. */
  message(bytes: Uint8Array): void {
    if (!this.#headerSent) checkSent(this.#context, this.#errorId);
    this.#send("", bytes);
  }

  /** All went well. Throws as {@link message} does. */
  end(): void {
    checkSent(this.#context, this.#errorId);
    this.#send(END_OF_STREAM, undefined);
  }

  fail(error: string): void {
    this.#send(error, undefined);
  }

  #send(error: string, message: Uint8Array | undefined): void {
    const { id, service, endpoint } = this.#request;
    const headers = answerHeaders({
      Id: id,
      Service: service,
      Method: endpoint,
      Endpoint: endpoint,
      Error: error,
    });
    const isError = error !== "" && error !== END_OF_STREAM;
    if (!this.#headerSent) addSent(headers, "header", this.#context, isError);
    if (error !== "") addSent(headers, "trailer", this.#context, isError);
    this.#headerSent = true;
    sendAnswer(this.#sink, this.#request, headers, error, message);
  }
}
