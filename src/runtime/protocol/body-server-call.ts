import { REQUEST } from "../codec/index.ts";
import { CallContext, type Peer } from "../context/index.ts";
import { MicroError, notImplemented, timeout } from "../errors/index.ts";
import type { EngineStream, HeaderBlock, StreamClose, StreamReceiver } from "../http2/index.ts";
import type { BodyForm, BodyRequest } from "./body-form.ts";
import { deadlineExceeded } from "./cancel-reason.ts";
import { startDeadline } from "./deadline.ts";
import type { Dispatcher, Route, RunningCall } from "./dispatcher.ts";
import { addMetadata, checkMetadataSize, fitBesideError, metadataFromHeaders } from "./metadata-wire.ts";
import { pushbackHeaders } from "./pushback.ts";

/** One unary call whose messages are the bodies of a request and its answer. */
export class BodyServerCall implements StreamReceiver, RunningCall {
  readonly #stream: EngineStream;
  readonly #request: BodyRequest;
  readonly #form: BodyForm;
  readonly #dispatcher: Dispatcher;
  readonly #context: CallContext;
  readonly #chunks: Uint8Array[] = [];
  #size = 0;
  #route: Route | undefined;
  #unknownMethod = false;
  #timer: NodeJS.Timeout | undefined;
  #arrivalTimer: NodeJS.Timeout | undefined;
  /** The handler was called; it says itself when it has ended. */
  #isHandled = false;
  #over = false;

  constructor(
    stream: EngineStream,
    request: BodyRequest,
    form: BodyForm,
    dispatcher: Dispatcher,
    peer: Peer,
  ) {
    this.#stream = stream;
    this.#request = request;
    this.#form = form;
    this.#dispatcher = dispatcher;
    const { headers, timeoutMs } = request;
    this.#context = new CallContext({
      method: request.path,
      peer,
      deadline: timeoutMs === undefined ? undefined : Date.now() + timeoutMs,
      metadata: () => metadataFromHeaders(headers),
    });
  }

  /** `ended`: no body will come. */
  start(ended: boolean): void {
    this.#dispatcher.begin(this);
    try {
      const { arrivalTimeoutMs, headers, message, problem } = this.#request;
      if (problem !== undefined) throw problem;
      this.#route = this.#findRoute();
      if (Number(headers["content-length"] ?? 0) > this.#dispatcher.maxMessageBytes) throw this.#tooLarge();
      this.#timer = startDeadline(this.#context.deadline, () => {
        this.cancel(deadlineExceeded(this.#dispatcher.serviceName));
      });
      if (message !== undefined) this.#arrived(message);
      else if (ended) this.onEnd();
      else {
        this.#arrivalTimer = setTimeout(() => {
          const detail = `the request did not arrive within ${arrivalTimeoutMs} ms`;
          this.cancel(timeout(this.#dispatcher.serviceName, detail));
        }, arrivalTimeoutMs);
      }
    } catch (error) {
      this.#fail(error);
      this.#dispatcher.end(this);
    }
  }

  cancel(reason: MicroError): void {
    if (this.#over) return;
    this.#fail(reason);
    this.#context.cancel(reason);
    this.#leave();
  }

  onHeaders(): void {}

  onTrailers(): void {}

  onDrain(): void {}

  onData(chunk: Buffer): void {
    if (this.#over || this.#request.message !== undefined) return;
    this.#size += chunk.length;
    if (this.#size > this.#dispatcher.maxMessageBytes) this.cancel(this.#tooLarge());
    else this.#chunks.push(chunk);
  }

  onEnd(): void {
    if (this.#over || this.#request.message !== undefined) return;
    clearTimeout(this.#arrivalTimer);
    this.#arrived(
      this.#chunks.length === 1 ? (this.#chunks[0] as Uint8Array) : Buffer.concat(this.#chunks, this.#size),
    );
  }

  onClose(close: StreamClose): void {
    if (this.#over) return;
    this.#finish();
    const detail =
      close.stalled === true ? "the caller took nothing of the answer for too long" : "call was cancelled";
    this.#context.cancel(new MicroError({ id: this.#dispatcher.serviceName, code: 499, detail }));
    this.#leave();
  }

  /** A handler that ignores its signal must not keep a stopping server waiting, nor work uncounted. */
  #leave(): void {
    if (this.#isHandled) this.#dispatcher.leave(this, this.#context.method);
    else this.#dispatcher.end(this);
  }

  #findRoute(): Route {
    const { path } = this.#request;
    try {
      const route = this.#dispatcher.route(path);
      this.#context.method = route.path;
      if (route.method.kind === "unary") return route;
    } catch (error) {
      this.#unknownMethod = true;
      throw error;
    }
    throw notImplemented(this.#dispatcher.serviceName, `${path} streams: ${this.#form.streamHint}`);
  }

  /** What is compressed waits for its share of a turn. */
  #arrived(body: Uint8Array): void {
    const { unfoldTurns } = this.#dispatcher;
    if (this.#request.compression === undefined || !unfoldTurns.isOver) this.#call(body);
    else unfoldTurns.wait(this.#context.peer, () => this.#over || this.#call(body));
  }

  #call(body: Uint8Array): void {
    const route = this.#route as Route;
    this.#isHandled = true;
    this.#answer(route, body)
      .catch((reason: unknown) => this.#fail(reason))
      .finally(() => this.#dispatcher.end(this));
  }

  async #answer(route: Route, body: Uint8Array): Promise<void> {
    const { codec, replyCompression } = this.#request;
    const bytes = this.#inflated(body);
    // Users of curl leave the body out where a message has no fields.
    const text = bytes.length === 0 && codec.name === "json" ? EMPTY_OBJECT : bytes;
    const message = codec.unmarshal(route.method.input, text, REQUEST);
    const reply = await route.unary(message, this.#context);
    if (this.#over) return;
    let answer = codec.marshal(route.method.output, reply as never);
    const encoding: HeaderBlock = {};
    if (replyCompression !== undefined && answer.length >= replyCompression.minBytes) {
      answer = await replyCompression.compress(answer);
      encoding["content-encoding"] = replyCompression.name;
    }
    if (!this.#over) this.#succeed(answer, encoding);
  }

  #inflated(body: Uint8Array): Uint8Array {
    const { compression } = this.#request;
    if (compression === undefined || body.length === 0) return body;
    const { maxMessageBytes, unfoldTurns } = this.#dispatcher;
    try {
      const bytes = compression.inflate(body, maxMessageBytes);
      unfoldTurns.spend(bytes.length);
      return bytes;
    } catch (error) {
      unfoldTurns.spend(maxMessageBytes);
      if (error instanceof RangeError) throw this.#tooLarge();
      const detail = `the body is not valid ${compression.name}`;
      throw new MicroError({ id: this.#dispatcher.serviceName, code: 400, detail });
    }
  }

  #tooLarge(): MicroError {
    const { serviceName, maxMessageBytes } = this.#dispatcher;
    return new MicroError({
      id: serviceName,
      code: 413,
      grpc: 8,
      status: "Payload Too Large",
      detail: `the body exceeds the limit of ${maxMessageBytes} bytes`,
    });
  }

  #succeed(body: Uint8Array, encoding: HeaderBlock): void {
    const { sentHeader, sentTrailer } = this.#context;
    checkMetadataSize(sentHeader, "response header", this.#dispatcher.serviceName);
    checkMetadataSize(sentTrailer, "response trailer", this.#dispatcher.serviceName, sentHeader);
    this.#send(200, this.#request.contentType, body, encoding, true);
  }

  #fail(reason: unknown): void {
    if (this.#over) return;
    const error = this.#dispatcher.errorFor(reason, this.#request.path, this.#context);
    const { httpStatus, body, headers = {} } = this.#form.failure(error, this.#request, this.#unknownMethod);
    const { sentHeader, sentTrailer } = this.#context;
    const fits = fitBesideError(sentHeader, sentTrailer);
    const more = { ...headers, ...pushbackHeaders(error, true) };
    this.#send(httpStatus, "application/json", Buffer.from(body), more, fits);
  }

  #send(
    httpStatus: number,
    contentType: string,
    body: Uint8Array,
    more: HeaderBlock,
    withMetadata: boolean,
  ): void {
    const headers: HeaderBlock = { ":status": String(httpStatus) };
    const { sentHeader, sentTrailer } = this.#context;
    if (withMetadata && sentHeader !== undefined) addMetadata(headers, sentHeader);
    // Clients of HTTP/1.1 hardly see trailers; this is how Connect carries them for unary calls.
    if (withMetadata && sentTrailer !== undefined) addMetadata(headers, sentTrailer, "trailer-");
    Object.assign(headers, more);
    headers["content-type"] = contentType;
    headers["content-length"] = String(body.length);
    headers["x-content-type-options"] = "nosniff";
    this.#finish();
    this.#stream.sendHeaders(headers, body.length === 0);
    if (body.length > 0) this.#stream.sendData(body, true);
  }

  #finish(): void {
    this.#over = true;
    this.#chunks.length = 0;
    clearTimeout(this.#timer);
    clearTimeout(this.#arrivalTimer);
  }
}

const EMPTY_OBJECT = Buffer.from("{}");
