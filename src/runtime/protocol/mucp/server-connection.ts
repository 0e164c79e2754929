import type { Duplex } from "node:stream";
import type { Peer } from "../../context/index.ts";
import { MicroError } from "../../errors/index.ts";
import { ReadAhead } from "../../http1/index.ts";
import type { Dispatcher, RunningCall } from "../dispatcher.ts";
import { Admission } from "./admission.ts";
import { errorText } from "./error-text.ts";
import { END_OF_STREAM, type FrameHeaders, microField, refusal, responseFrame } from "./frame.ts";
import { FrameTimer, type FrameTimes, type Phase } from "./frame-timer.ts";
import { HttpError } from "./http-head.ts";
import { type HttpMessage, HttpReader } from "./http-reader.ts";
import { answerHeaders, readRequest } from "./request.ts";
import { callerLeft, MucpUnaryCall } from "./server-call.ts";
import { MucpStreamServerCall, type StreamSink } from "./server-stream.ts";
import { StreamTable } from "./stream-table.ts";

/** Times in milliseconds; `arrivalTimeoutMs` is also for the one request of a server-streaming call. */
export interface ConnectionLimits extends FrameTimes {
  /** How long answers may wait without the caller taking any of them. */
  readonly stallTimeoutMs: number;
}

/** Calls running at once on one connection; more frames are left unread until one ends. */
const MAX_CALLS = 100;
/** How long a connection that is to be closed may take to read our last words. */
const LINGER_MS = 1000;

type MucpCall = MucpUnaryCall | MucpStreamServerCall;

/** One connection of a go-micro client: frames in, frames out, in no fixed order. */
export class MucpServerConnection implements StreamSink {
  readonly #connection: Duplex;
  readonly #peer: Peer;
  readonly #dispatcher: Dispatcher;
  readonly #limits: ConnectionLimits;
  readonly #input: ReadAhead;
  readonly #reader: HttpReader;
  readonly #calls = new Set<MucpCall>();
  readonly #streams = new StreamTable();
  readonly #frameTimer: FrameTimer;
  /** Streams whose readers are behind. */
  readonly #behind = new Set<MucpStreamServerCall>();
  /** Frames that came so far. */
  #frames = 0;
  #lingerTimer: NodeJS.Timeout | undefined;
  #stallTimer: NodeJS.Timeout | undefined;
  #draining = false;
  #closing = false;
  #onDrained: (() => void)[] = [];

  constructor(connection: Duplex, peer: Peer, dispatcher: Dispatcher, limits: ConnectionLimits) {
    this.#connection = connection;
    this.#peer = peer;
    this.#dispatcher = dispatcher;
    this.#limits = limits;
    this.#reader = new HttpReader({ kind: "request", maxBodyBytes: dispatcher.maxMessageBytes + 1024 });
    this.#frameTimer = new FrameTimer(
      limits,
      () => connection.end(),
      () => this.#refuse(new HttpError(408, "the frame did not arrive in time")),
    );
    this.#input = new ReadAhead(
      connection,
      (chunk) => this.#onData(chunk),
      () => {},
    );
    connection.on("drain", () => this.#onDrain());
    // Who ends its side has left: go-micro's clients never half-close.
    connection.on("end", () => connection.destroy());
    connection.on("error", () => {
      // The close that follows says all there is to know.
    });
    connection.on("close", () => this.#onClose());
    connection.resume();
    this.#awaitFrame();
  }

  /** Frames that came so far. */
  get frames(): number {
    return this.#frames;
  }

  /** Closes as soon as no call runs. */
  drain(): void {
    this.#draining = true;
    if (this.#calls.size === 0) this.#connection.end();
  }

  send(headers: FrameHeaders, body: Uint8Array): void {
    if (this.#closing || this.#connection.destroyed) return;
    if (this.#connection.write(responseFrame(headers, body)) || this.#limits.stallTimeoutMs === 0) return;
    this.#stallTimer ??= setTimeout(() => this.#connection.destroy(), this.#limits.stallTimeoutMs);
  }

  drained(): Promise<void> | undefined {
    if (!this.#connection.writableNeedDrain || this.#connection.destroyed) return undefined;
    return new Promise((resolve) => this.#onDrained.push(resolve));
  }

  hold(call: MucpStreamServerCall, isBehind: boolean): void {
    if (isBehind) this.#behind.add(call);
    else if (this.#behind.delete(call)) this.#readOn();
  }

  ended(call: RunningCall): void {
    this.#calls.delete(call as MucpCall);
    if (call instanceof MucpStreamServerCall) this.#streams.end(call);
    // Not at once: the answer that ended the call is written after this.
    setImmediate(() => this.#readOn());
  }

  #onData(chunk: Buffer): void {
    if (this.#closing) return; // what comes after a refusal interests nobody
    try {
      this.#reader.push(chunk);
      this.#pump();
    } catch (reason) {
      this.#refuse(reason);
    }
  }

  /** True while no further frame may be looked at. */
  get #isHeld(): boolean {
    return this.#behind.size > 0 || this.#calls.size >= MAX_CALLS || this.#connection.writableNeedDrain;
  }

  #pump(): void {
    while (!this.#isHeld && !this.#closing) {
      const frame = this.#reader.next();
      if (frame === undefined) break;
      this.#onFrame(frame);
    }
    if (this.#isHeld) this.#input.pause();
    else this.#input.resume();
    this.#awaitFrame();
  }

  #readOn(): void {
    if (this.#connection.destroyed || this.#closing) return;
    if (this.#draining && this.#calls.size === 0) {
      this.#connection.end();
      return;
    }
    try {
      this.#pump();
    } catch (reason) {
      this.#refuse(reason);
    }
  }

  #onFrame(frame: HttpMessage): void {
    this.#frames += 1;
    const { fields } = frame;
    // As go-micro: a stream's own id, else that of its first frame.
    const streamId = microField(fields, "stream");
    const stream = this.#streams.get(streamId ?? microField(fields, "id") ?? "");
    if (stream !== undefined) {
      stream.accept(frame);
      return;
    }
    if (streamId !== undefined) {
      if (this.#streams.hasEnded(streamId) || microField(fields, "error") === END_OF_STREAM) return;
    }
    try {
      if (this.#draining)
        throw new MicroError({ id: this.#id, code: 503, detail: "the server is shutting down" });
      this.#begin(frame);
    } catch (reason) {
      const path = microField(fields, "endpoint") ?? "";
      this.#sendError(fields, this.#dispatcher.errorFor(reason, path));
    }
  }

  #begin(frame: HttpMessage): void {
    const request = readRequest(frame, this.#dispatcher);
    const admission = new Admission(this.#dispatcher, request.path);
    if (admission.route.method.kind === "unary") {
      const call = new MucpUnaryCall(request, admission, this.#peer, this);
      this.#calls.add(call);
      void call.run();
      return;
    }
    const call = new MucpStreamServerCall(request, admission, this.#peer, this);
    this.#calls.add(call);
    this.#streams.add(request.streamId, call);
    void call.run(this.#limits.arrivalTimeoutMs);
  }

  /** The bytes make no sense, or too much of it: says so as well as can be, then closes. */
  #refuse(reason: unknown): void {
    if (this.#closing) return;
    const error = reason instanceof HttpError ? reason : new HttpError(400, "malformed frame");
    const { status, message, fields } = error;
    const micro = new MicroError({ id: this.#id, code: status, detail: message });
    if (fields !== undefined) this.#sendError(fields, micro);
    else this.#connection.write(refusal(micro));
    this.#closing = true;
    this.#connection.end();
    this.#input.resume();
    this.#frameTimer.stop();
    this.#lingerTimer = setTimeout(() => this.#connection.destroy(), LINGER_MS);
  }

  #sendError(fields: HttpMessage["fields"], error: MicroError): void {
    this.send(
      answerHeaders({ Id: microField(fields, "id") ?? "", Error: errorText(error) }),
      new Uint8Array(0),
    );
  }

  #awaitFrame(): void {
    if (!this.#closing && !this.#connection.destroyed) this.#frameTimer.enter(this.#phaseNow(), this.#frames);
  }

  #phaseNow(): Phase {
    if (this.#isHeld) return "busy";
    if (!this.#reader.isIdle) return this.#reader.isInHead ? "head" : "body";
    return this.#calls.size > 0 ? "busy" : "idle";
  }

  #onDrain(): void {
    clearTimeout(this.#stallTimer);
    this.#stallTimer = undefined;
    for (const resolve of this.#onDrained.splice(0)) resolve();
    this.#readOn();
  }

  #onClose(): void {
    this.#closing = true;
    this.#frameTimer.stop();
    clearTimeout(this.#lingerTimer);
    clearTimeout(this.#stallTimer);
    for (const resolve of this.#onDrained.splice(0)) resolve();
    const reason = callerLeft(this.#id);
    for (const call of [...this.#calls]) call.abandon(reason);
    this.#behind.clear();
  }

  get #id(): string {
    return this.#dispatcher.serviceName;
  }
}
