import { randomUUID } from "node:crypto";
import type { Broker } from "../broker/index.ts";
import { currentContext } from "../context/index.ts";
import { badRequest, internalServerError, MicroError } from "../errors/index.ts";
import type { MessageInit, MessageType } from "../protobuf/index.ts";
import { CLIENT_ID, codecOfContentType } from "../protocol/index.ts";
import type { PublishCall, PublishInterceptor, PublishOptions } from "./client.ts";
import { metadataOf } from "./forwarded.ts";

export interface PublisherOptions {
  readonly broker: Broker | undefined;
  /** Sent as `Micro-From-Service`. */
  readonly fromService: string | undefined;
  /** First listed is outermost. */
  readonly interceptors: readonly PublishInterceptor[];
}

type Publish = <T>(
  topic: string,
  type: MessageType<T>,
  message: MessageInit<T>,
  options?: PublishOptions,
) => Promise<void>;

/**
 * Publishes messages with go-micro's headers: `Content-Type`, `Micro-Topic`, `Micro-Id`, `Micro-From-Service`, and the
 * metadata of the running handler. Default content type `application/protobuf`, which all of go-micro reads as bare
 * protobuf.
 */
export function createPublisher({ broker, fromService, interceptors }: PublisherOptions): Publish {
  const send = interceptors.reduceRight(
    (next: (call: PublishCall) => Promise<void>, interceptor) => interceptor(next),
    (call) => sendEvent(broker, call),
  );
  return async (topic, type, message, options = {}) => {
    const metadata = metadataOf(options.metadata, currentContext(), fromService);
    const contentType = options.contentType ?? "application/protobuf";
    await send({ topic, type: type as MessageType<unknown>, message, metadata, contentType });
  };
}

async function sendEvent(broker: Broker | undefined, call: PublishCall): Promise<void> {
  if (broker === undefined) throw internalServerError(CLIENT_ID, "the client has no broker to publish with");
  const { topic, type, contentType } = call;
  const header: Record<string, string> = {};
  for (const [name, value] of Object.entries(call.metadata.toJSON())) header[headerName(name)] = value;
  header["Content-Type"] = contentType;
  header["Micro-Topic"] = topic;
  header["Micro-Id"] = randomUUID();
  const codec = codecOfContentType(contentType, CLIENT_ID);
  let body: Uint8Array;
  try {
    body = codec.marshal(type, call.message as MessageInit<unknown>);
  } catch (cause) {
    throw badRequest(CLIENT_ID, `the message is no ${type.typeName}: ${(cause as Error).message}`);
  }
  try {
    await broker.publish(topic, { header, body });
  } catch (reason) {
    throw MicroError.from(reason, CLIENT_ID);
  }
}

/** `micro-from-service` -> `Micro-From-Service`: how go-micro writes names in events. */
function headerName(name: string): string {
  return name.replace(/(^|-)([a-z])/g, (_, dash: string, letter: string) => dash + letter.toUpperCase());
}
