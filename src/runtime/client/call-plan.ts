import type { Codec } from "../codec/index.ts";
import { MicroError } from "../errors/index.ts";
import {
  type ChannelCall,
  CLIENT_ID,
  type Compression,
  checkMetadataSize,
  isNodeFailure,
  markMissingCallee,
  whileDoing,
} from "../protocol/index.ts";
import type { Attempt, Reach, Target } from "./attempts.ts";
import type { Callee, Callees } from "./callee.ts";
import type { CallOptions, ClientCall } from "./client.ts";

/** Everything that is fixed for all attempts of a call. */
export interface CallPlan {
  readonly reach: Reach;
  readonly callees: Callees;
  readonly options: CallOptions;
  /** Attempts after the first. */
  readonly retries: number;
  readonly path: string;
  readonly codec: Codec;
  readonly compression: Compression | undefined;
  readonly maxMessageBytes: number;
  readonly hedgeAfterMs: number | undefined;
  /** Until when a node has to be found and reached, for a stream without a deadline. */
  readonly connectDeadline: number | undefined;
}

/** Whom the attempts of a call are for. */
export function targetOf(plan: CallPlan, { service, method }: ClientCall, callee: Callee): Target {
  return { service, method, options: plan.options, retries: plan.retries, callee };
}

/** The error of a failed attempt; marked when no node was found or the one that was found is lost. */
export function failureOf(reason: unknown, attempt: Attempt | undefined, service: string): MicroError {
  let error = MicroError.from(reason, CLIENT_ID);
  if (attempt !== undefined) error = whileDoing(error, `waiting for an answer of ${attempt.peer}`);
  if (attempt === undefined || isNodeFailure(error)) markMissingCallee(error, service);
  return error;
}

/** What a channel is told of a call. */
export function channelCallOf(plan: CallPlan, call: ClientCall): ChannelCall<unknown, unknown> {
  const { metadata, method } = call;
  const { onHeader, onTrailer } = plan.options;
  checkMetadataSize(metadata, "metadata", CLIENT_ID);
  const channelCall: {
    -readonly [Key in keyof ChannelCall<unknown, unknown>]: ChannelCall<unknown, unknown>[Key];
  } = {
    path: plan.path,
    service: call.service,
    method,
    codec: plan.codec,
    metadata,
    deadline: call.deadline,
    signal: call.signal,
    maxMessageBytes: plan.maxMessageBytes,
    compression: plan.compression,
    useGet: plan.options.useGet,
  };
  if (onHeader !== undefined) channelCall.onHeader = onHeader.bind(plan.options);
  if (onTrailer !== undefined) channelCall.onTrailer = onTrailer.bind(plan.options);
  return channelCall;
}
