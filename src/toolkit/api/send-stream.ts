import { once } from "node:events";
import { jsonMethod, MicroError } from "@micro-service/runtime";
import { callOptions, type Exchange, type GatewayContext, type Target } from "./gateway-context.ts";

/**
 * A streaming endpoint over plain HTTP: the request is its one opening message, every message of the answer is a line
 * of JSON (`application/x-ndjson`). An error after the first line is the last line, `{"error": <Micro's error JSON>}`,
 * and cuts the connection so that nobody takes the answer for whole.
 */
export async function sendStream(
  context: GatewayContext,
  exchange: Exchange,
  target: Target,
  request: string,
): Promise<void> {
  const { response, signal } = exchange;
  const messages = context.client.serverStream(
    target.service,
    jsonMethod(target.endpoint, "serverStream"),
    request,
    {
      ...callOptions(context, exchange, target),
      timeoutMs: context.streamTimeoutMs,
      contentType: "application/json",
    },
  );
  try {
    for await (const message of messages) {
      if (!response.headersSent) start(exchange);
      if (!response.write(`${oneLine(message)}\n`)) await once(response, "drain", { signal });
    }
  } catch (error) {
    if (!response.headersSent) throw error;
    if (response.destroyed) return; // the client left; leaving the loop has cancelled the call
    const last = JSON.stringify({ error: MicroError.from(error, context.id) });
    response.write(`${last}\n`, () => response.destroy());
    return;
  }
  if (!response.headersSent) start(exchange);
  response.end();
}

function start({ response }: Exchange): void {
  response.writeHead(200, {
    "content-type": "application/x-ndjson",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    // nginx would hold the lines back otherwise.
    "x-accel-buffering": "no",
  });
  response.flushHeaders();
}

/** A peer may pretty-print: a line break inside JSON is white space outside of strings, and never inside them. */
function oneLine(json: string): string {
  return json === "" ? "{}" : json.replace(/[\r\n]+/g, " ");
}
