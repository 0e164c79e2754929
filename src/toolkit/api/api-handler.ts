import { isHopByHop } from "../gateway/forward-headers.ts";
import { readBody } from "../gateway/read-body.ts";
import { httpError } from "../gateway/send-error.ts";
import { mediaType } from "./content-types.ts";
import { callOptions, type Exchange, type GatewayContext, type Target } from "./gateway-context.ts";
import { type ApiRequest, ApiRequestType, ApiResponseType, type Pair } from "./go-api.ts";
import { parseQuery } from "./query-tree.ts";
import { withTypes } from "./raw-method.ts";
import { requestMetadata } from "./request-metadata.ts";

const FORM = "application/x-www-form-urlencoded";

/**
 * Handler `api`: the whole HTTP request is one message `go.api.Request`, the answer is `go.api.Response` (go-micro
 * `api/handler/api`). The endpoint decides status, headers and body.
 */
export async function handleApi(context: GatewayContext, exchange: Exchange, target: Target): Promise<void> {
  const message = await toApiRequest(context, exchange);
  const method = withTypes(target.endpoint, ApiRequestType, ApiResponseType);
  const reply = await context.client.unary(target.service, method, message, {
    ...callOptions(context, exchange, target),
    contentType: "application/protobuf",
  });
  const status = reply.statusCode === 0 ? 200 : reply.statusCode;
  if (status < 200 || status > 599) {
    throw httpError(
      context.id,
      502,
      `${target.service} answered with status ${status}, which HTTP does not have`,
    );
  }
  const { response } = exchange;
  response.setHeader("content-type", "application/json");
  for (const { key, values } of Object.values(reply.header)) {
    if (key === "" || isHopByHop(key) || key.toLowerCase() === "content-length") continue;
    try {
      response.setHeader(key, values);
    } catch {
      throw httpError(context.id, 502, `${target.service} answered with a header that HTTP cannot carry`);
    }
  }
  response.writeHead(status);
  response.end(reply.body);
}

async function toApiRequest(context: GatewayContext, exchange: Exchange): Promise<ApiRequest> {
  const { request, rawPath, query } = exchange;
  const { id } = context;
  const contentType = request.headers["content-type"] ?? "text/plain; charset=UTF-8";
  const bytes = await readBody(request, { maxBytes: context.maxBodyBytes, id });
  const isForm = mediaType(contentType) === FORM;
  const header: Record<string, Pair> = Object.create(null) as Record<string, Pair>;
  const headerPair = (key: string, values: string[]): void => {
    header[key] = { key, values };
  };
  for (const [name, value] of requestMetadata(request, { trustForwarded: context.trustForwarded })) {
    if (name !== "method") headerPair(canonical(name), [value]);
  }
  headerPair("Content-Type", [contentType]);
  return {
    method: request.method ?? "",
    path: rawPath,
    header,
    get: pairs(query, id),
    post: isForm ? pairs(bytes.toString("utf8"), id) : {},
    body: isForm ? "" : bytes.toString("utf8"),
    url: query === "" ? rawPath : `${rawPath}?${query}`,
  };
}

/** A query with its names as they stand: this handler knows nothing of nesting. */
function pairs(text: string, id: string): Record<string, Pair> {
  // Counts and checks the encoding; the names are wanted flat.
  parseQuery(text.replace(/[[\].]/g, "_"), id);
  const result: Record<string, Pair> = Object.create(null) as Record<string, Pair>;
  for (const [key, value] of new URLSearchParams(text)) {
    const pair = result[key];
    if (pair === undefined) result[key] = { key, values: [value] };
    else pair.values.push(value);
  }
  return result;
}

/** `user-agent` -> `User-Agent`, as Go writes header names and handlers look them up. */
function canonical(name: string): string {
  return name.replace(/(?:^|-)[a-z]/g, (letters) => letters.toUpperCase());
}
