import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { MicroError } from "@micro-service/runtime";
import { JsonError, type JsonValue } from "@micro-service/runtime/protobuf";
import { type Backend, fields, send } from "./form.ts";
import { readForm } from "./form-data.ts";
import { renderPage } from "./page.ts";

const MAX_BODY_BYTES = 1024 * 1024;

/**
 * Answers the requests that no file in `public/` answers: the page, its form, and a JSON endpoint.
 *
 *     GET  /       the page
 *     POST /       the form, for browsers without JavaScript
 *     POST /call   the same as JSON: request in, response out
 */
export function createApp(backend: Backend): RequestListener {
  return (request, response) => {
    answer(backend, request, response).catch((error: unknown) => {
      console.error(error);
      if (!response.headersSent) sendJson(response, 500, { error: "Internal Server Error" });
      else response.destroy();
    });
  };
}

async function answer(backend: Backend, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const route = `${request.method} ${new URL(request.url ?? "/", "http://localhost").pathname}`;
  switch (route) {
    case "GET /":
    case "HEAD /":
      return sendHtml(response, 200, renderPage({ base: basePath(request) }));
    case "POST /":
      return answerForm(backend, request, response);
    case "POST /call":
      return answerJson(backend, request, response);
    default:
      return sendJson(response, 404, { error: `There is no ${route}.` });
  }
}

async function answerForm(backend: Backend, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const base = basePath(request);
  let values = new URLSearchParams();
  try {
    values = new URLSearchParams(await readBody(request));
    const result = await send(backend, readForm(fields, values));
    sendHtml(response, 200, renderPage({ base, values, result }));
  } catch (error) {
    const { status, message } = describe(error);
    sendHtml(response, status, renderPage({ base, values, error: message }));
  }
}

async function answerJson(backend: Backend, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const body = await readBody(request);
    sendJson(response, 200, await send(backend, body === "" ? {} : (JSON.parse(body) as JsonValue)));
  } catch (error) {
    const { status, message } = describe(error);
    sendJson(response, status, { error: message });
  }
}

/** What of an error the browser is told. */
function describe(error: unknown): { status: number; message: string } {
  if (error instanceof SyntaxError) return { status: 400, message: `This is not JSON: ${error.message}` };
  if (error instanceof JsonError) return { status: 400, message: error.message };
  if (error instanceof BodyTooLarge) return { status: 413, message: "The request is too large." };
  // 408 makes browsers send a request again; what was late here is SRV.
  if (MicroError.is(error)) return { status: error.code === 408 ? 504 : error.code, message: error.detail };
  throw error;
}

/** `micro web` serves this under `/<name>` and says so in a header; links start there. */
function basePath(request: IncomingMessage): string {
  const header = request.headers["x-micro-web-base-path"];
  return typeof header === "string" && /^(\/[A-Za-z0-9._-]+)+$/.test(header) ? `${header}/` : "/";
}

class BodyTooLarge extends Error {}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw new BodyTooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function sendHtml(response: ServerResponse, status: number, html: string): void {
  write(response, status, "text/html; charset=utf-8", html);
}

function sendJson(response: ServerResponse, status: number, value: JsonValue): void {
  write(response, status, "application/json", JSON.stringify(value));
}

function write(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, {
    "content-type": type,
    "content-length": Buffer.byteLength(body),
    "content-security-policy": "default-src 'self'; base-uri 'self'; form-action 'self'",
    "x-content-type-options": "nosniff",
  });
  response.end(body);
}
