import type { AnyMethod } from "@micro-service/runtime/protobuf";

export type Names = Readonly<Record<string, string>>;

export interface CallSettings {
  /** Values of `-bin` names are base64. */
  readonly metadata?: Names;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** What came back besides messages. */
export interface Told {
  readonly header: Names;
  readonly trailer: Names;
}

/** How a call failed, by gRPC's numbers. */
export class CallFailed extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** A gRPC client, ours or another, as the cases use it. Fails with CallFailed. */
export interface Caller {
  /** All four kinds: `requests` are sent as they come, `onResponse` sees answers as they come. */
  call(
    method: AnyMethod,
    requests: AsyncIterable<unknown>,
    settings: CallSettings,
    onResponse: (response: unknown) => void,
  ): Promise<Told>;
}
