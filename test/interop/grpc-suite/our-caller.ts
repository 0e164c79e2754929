import { type Client, type Metadata, MicroError } from "@micro-service/runtime";
import type {
  AnyMethod,
  BidiStreamMethod,
  ClientStreamMethod,
  ServerStreamMethod,
  UnaryMethod,
} from "@micro-service/runtime/protobuf";
import { type Caller, CallFailed, type CallSettings, type Names } from "./caller.ts";

const namesOf = (metadata: Metadata): Names => metadata.toJSON();

/** Our client, calling one address. */
export function createOurCaller(client: Client, address: string): Caller {
  return {
    async call(method, requests, settings, onResponse) {
      const told: { header: Names; trailer: Names } = { header: {}, trailer: {} };
      const options = {
        ...settings,
        address,
        retries: 0,
        onHeader: (header: Metadata) => {
          told.header = namesOf(header);
        },
        onTrailer: (trailer: Metadata) => {
          told.trailer = namesOf(trailer);
        },
      };
      try {
        await send(client, method, requests, options, onResponse);
      } catch (error) {
        if (!MicroError.is(error)) throw error;
        throw new CallFailed(error.grpc, error.detail);
      }
      return told;
    },
  };
}

async function send(
  client: Client,
  method: AnyMethod,
  requests: AsyncIterable<unknown>,
  options: CallSettings & { address: string },
  onResponse: (response: unknown) => void,
): Promise<void> {
  const only = async () => {
    for await (const request of requests) return request;
    throw new Error("a call of this kind has one request");
  };
  if (method.kind === "unary") {
    onResponse(
      await client.unary(
        "interop",
        method as UnaryMethod<object, unknown>,
        (await only()) as object,
        options,
      ),
    );
  } else if (method.kind === "clientStream") {
    onResponse(
      await client.clientStream(
        "interop",
        method as ClientStreamMethod<object, unknown>,
        requests as AsyncIterable<object>,
        options,
      ),
    );
  } else {
    const responses =
      method.kind === "serverStream"
        ? client.serverStream(
            "interop",
            method as ServerStreamMethod<object, unknown>,
            (await only()) as object,
            options,
          )
        : client.bidiStream(
            "interop",
            method as BidiStreamMethod<object, unknown>,
            requests as AsyncIterable<object>,
            options,
          );
    for await (const response of responses) onResponse(response);
  }
}
