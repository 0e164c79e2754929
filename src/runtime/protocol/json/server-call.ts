import type { IncomingMessage, ServerResponse } from "node:http";
import { type Codec, REQUEST } from "../../codec/index.ts";
import { CallContext, type Peer } from "../../context/index.ts";
import { MicroError, notFound, notImplemented } from "../../errors/index.ts";
import { deadlineExceeded } from "../cancel-reason.ts";
import { startDeadline } from "../deadline.ts";
import type { Dispatcher, Route, RunningCall } from "../dispatcher.ts";
import { codecOfContentType } from "../event-codec.ts";
import { addMetadata, checkMetadataSize, fitBesideError, metadataFromHeaders } from "../metadata-wire.ts";
import { BodyTooLarge, readBody } from "./body.ts";

/** Service names of go-micro may hold dashes. */
const RPC_PATH = /^\/([\w.-]+\/\w+)$/;

/** One call by plain HTTP: `POST /package.Service/Method` with a JSON (or protobuf) body. Unary only. */
export class JsonServerCall implements RunningCall {
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #dispatcher: Dispatcher;
  readonly #path: string;
  readonly #context: CallContext;
  #timer: NodeJS.Timeout | undefined;
  #over = false;

  constructor(request: IncomingMessage, response: ServerResponse, dispatcher: Dispatcher, peer: Peer) {
    this.#request = request;
    this.#response = response;
    this.#dispatcher = dispatcher;
    const url = request.url ?? "";
    const path = url.split("?", 1)[0] as string;
    this.#path = RPC_PATH.exec(path)?.[1] ?? "";
    const timeoutMs = timeoutOf(request);
    this.#context = new CallContext({
      method: this.#path,
      peer,
      deadline: timeoutMs === undefined ? undefined : Date.now() + timeoutMs,
      metadata: () => metadataFromHeaders(request.headers),
    });
  }

  async run(): Promise<void> {
    this.#dispatcher.begin(this);
    this.#response.on("close", () => this.#onClose());
    try {
      const route = this.#route();
      const codec = this.#codec();
      this.#timer = startDeadline(this.#context.deadline, () => {
        this.cancel(deadlineExceeded(this.#dispatcher.serviceName));
      });
      const body = await this.#body();
      // Curl users leave the body out where a message has no fields.
      const bytes = body.length === 0 && codec.name === "json" ? EMPTY_OBJECT : body;
      const message = codec.unmarshal(route.method.input, bytes, REQUEST);
      const reply = await route.unary(message, this.#context);
      if (!this.#over) this.#succeed(codec, codec.marshal(route.method.output, reply as never));
    } catch (reason) {
      this.#fail(reason);
    } finally {
      this.#dispatcher.end(this);
    }
  }

  cancel(reason: MicroError): void {
    if (this.#over) return;
    this.#fail(reason);
    this.#context.cancel(reason);
    this.#dispatcher.end(this);
  }

  #route(): Route {
    const id = this.#dispatcher.serviceName;
    if (this.#path === "") {
      throw notFound(id, "there is nothing here: calls are POST /package.Service/Method");
    }
    const route = this.#dispatcher.route(this.#path);
    this.#context.method = route.path;
    if (this.#request.method !== "POST") {
      this.#response.setHeader("allow", "POST");
      throw new MicroError({
        id,
        code: 405,
        status: "Method Not Allowed",
        detail: "calls are made with POST",
      });
    }
    if (route.method.kind !== "unary") {
      throw notImplemented(id, `${this.#path} streams: call it by gRPC on this same port`);
    }
    return route;
  }

  #codec(): Codec {
    const id = this.#dispatcher.serviceName;
    const encoding = this.#request.headers["content-encoding"] ?? "identity";
    if (encoding !== "identity") {
      const detail = `content encoding ${encoding.slice(0, 40)} is not supported`;
      throw new MicroError({ id, code: 415, status: "Unsupported Media Type", detail });
    }
    return codecOfContentType(this.#request.headers["content-type"] ?? "", id);
  }

  async #body(): Promise<Buffer> {
    const { serviceName, maxMessageBytes } = this.#dispatcher;
    try {
      return await readBody(this.#request, maxMessageBytes);
    } catch (error) {
      if (!(error instanceof BodyTooLarge)) throw error;
      const detail = `the body exceeds the limit of ${maxMessageBytes} bytes`;
      throw new MicroError({ id: serviceName, code: 413, status: "Payload Too Large", detail });
    }
  }

  #onClose(): void {
    if (this.#over) return;
    this.#finish();
    this.#context.cancel(
      new MicroError({ id: this.#dispatcher.serviceName, code: 499, detail: "call was cancelled" }),
    );
  }

  #succeed(codec: Codec, body: Uint8Array): void {
    const { sentHeader, sentTrailer } = this.#context;
    checkMetadataSize(sentHeader, "response header", this.#dispatcher.serviceName);
    checkMetadataSize(sentTrailer, "response trailer", this.#dispatcher.serviceName, sentHeader);
    this.#send(200, codec.name === "json" ? "application/json" : "application/protobuf", body);
  }

  #fail(reason: unknown): void {
    if (this.#over) return;
    const error = this.#dispatcher.errorFor(reason, this.#path);
    // What is left of the body is not worth reading: the connection ends with the answer.
    if (!this.#request.complete) this.#response.setHeader("connection", "close");
    const httpStatus = error.code >= 400 && error.code <= 599 ? error.code : 500;
    this.#send(httpStatus, "application/json", Buffer.from(JSON.stringify(error)), true);
  }

  #send(httpStatus: number, contentType: string, body: Uint8Array, isError = false): void {
    const headers: Record<string, string | string[] | undefined> = {};
    const { sentHeader, sentTrailer } = isError && !this.#fits() ? NO_METADATA : this.#context;
    if (sentHeader !== undefined) addMetadata(headers, sentHeader);
    // HTTP/1.1 clients hardly see trailers; this is how Connect carries them for unary calls.
    if (sentTrailer !== undefined) addMetadata(headers, sentTrailer, "trailer-");
    headers["content-type"] = contentType;
    headers["content-length"] = String(body.length);
    headers["x-content-type-options"] = "nosniff";
    this.#finish();
    this.#response.writeHead(httpStatus, headers);
    this.#response.end(body);
  }

  #fits(): boolean {
    return fitBesideError(this.#context.sentHeader, this.#context.sentTrailer);
  }

  #finish(): void {
    this.#over = true;
    clearTimeout(this.#timer);
  }
}

const NO_METADATA = { sentHeader: undefined, sentTrailer: undefined };
const EMPTY_OBJECT = Buffer.from("{}");

/** go-micro's `timeout` header, decimal nanoseconds. */
function timeoutOf(request: IncomingMessage): number | undefined {
  const text = request.headers.timeout;
  return typeof text === "string" && /^\d{1,20}$/.test(text) ? Number(text) / 1e6 : undefined;
}
