import { notImplemented } from "@micro-service/runtime";
import { bodyKindOf } from "./content-types.ts";
import { callOptions, type Exchange, type GatewayContext, type Target } from "./gateway-context.ts";
import { readRpcRequest } from "./rpc-request.ts";
import { sendStream } from "./send-stream.ts";

/**
 * Handler `rpc`: the request is the message. Query, body and path fields become one JSON object (or protobuf bytes are
 * passed through), the endpoint is called, its reply is the body. Errors are left to the gateway.
 */
export async function handleRpc(context: GatewayContext, exchange: Exchange, target: Target): Promise<void> {
  const request = await readRpcRequest(context, exchange, target);
  const options = callOptions(context, exchange, target);
  const streams = target.record?.metadata.stream === "true";
  if (request.kind === "protobuf") {
    if (streams) throw notImplemented(context.id, `${target.endpoint} streams: call it with JSON`);
    const reply = await context.client.unary(
      target.service,
      context.methods.protobuf(target),
      request.bytes,
      {
        ...options,
        contentType: "application/protobuf",
      },
    );
    return send(exchange, reply, exchange.request.headers["content-type"] ?? "application/protobuf");
  }
  if (streams) return sendStream(context, exchange, target, request.text);
  const reply = await context.client.unary(target.service, context.methods.json(target), request.text, {
    ...options,
    contentType: "application/json",
  });
  return send(exchange, reply === "" ? "{}" : reply, jsonType(exchange));
}

/** The request's own content type where it is JSON (go-micro answers in kind), else plain JSON. */
function jsonType({ request }: Exchange): string {
  const sent = request.headers["content-type"];
  return sent !== undefined && bodyKindOf(sent) === "json" ? sent : "application/json";
}

/** A text goes out in one write with the head, bytes in one of their own. */
function send({ response }: Exchange, body: Uint8Array | string, contentType: string): void {
  response.writeHead(200, {
    "content-type": contentType,
    "content-length": Buffer.byteLength(body),
    "x-content-type-options": "nosniff",
  });
  response.end(body);
}
