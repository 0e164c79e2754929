import { badRequest } from "@micro-service/runtime";
import type { JsonValue } from "@micro-service/runtime/protobuf";
import { readBody } from "../gateway/read-body.ts";
import { httpError } from "../gateway/send-error.ts";
import { bodyKindOf, SUPPORTED_CONTENT_TYPES } from "./content-types.ts";
import type { Exchange, GatewayContext, Target } from "./gateway-context.ts";
import { isObject, mergeJson } from "./merge-json.ts";
import { parseQuery, type QueryNode } from "./query-tree.ts";
import { type JsonObject, toTypedObject } from "./typed-json.ts";

/** The request message as the service gets it. */
export type RpcRequest =
  | { readonly kind: "json"; readonly text: string }
  | { readonly kind: "protobuf"; readonly bytes: Uint8Array };

const UTF8 = new TextDecoder("utf-8", { fatal: true });
const BODY_METHODS = new Set(["POST", "PUT", "PATCH", "DELETE"]);

/**
 * Reads the message out of a request: query, body and captured path fields in one object, the later winning. A JSON
 * body that stands alone is passed on as it came, so that its numbers keep every digit.
 */
export async function readRpcRequest(
  context: GatewayContext,
  exchange: Exchange,
  target: Target,
): Promise<RpcRequest> {
  const { id } = context;
  const { request } = exchange;
  const type = target.record?.request;
  const query = toTypedObject(parseQuery(exchange.query, id), type, id);
  const fields = toTypedObject(fieldTree(target.fields), type, id);
  if (!BODY_METHODS.has(request.method ?? "")) return json(mergeJson(query, fields), id);

  const contentType = request.headers["content-type"];
  const kind = bodyKindOf(contentType);
  if (kind === undefined) {
    const detail = `content type ${JSON.stringify(contentType)} is not supported; send ${SUPPORTED_CONTENT_TYPES.join(", ")}`;
    throw httpError(id, 415, detail);
  }
  const bytes = await readBody(request, { maxBytes: context.maxBodyBytes, id });
  const alone = isEmpty(query) && isEmpty(fields) && target.body === "*";
  if (kind === "protobuf") {
    if (alone) return { kind, bytes };
    throw httpError(id, 415, "a protobuf body cannot be joined with fields of the path or query; send JSON");
  }
  const text = textOf(bytes, id);
  if (kind === "form" && text.trimStart().startsWith("{")) {
    // A form never begins so: its braces are percent-encoded. Read as one it would be an empty request.
    throw badRequest(
      id,
      "the body is JSON but its content type is a form's, as curl -d has it; add -H 'content-type: application/json'",
    );
  }
  if (kind === "form")
    return json(mergeJson(query, toTypedObject(parseQuery(text, id), type, id), fields), id);
  if (text.trim() === "") return json(mergeJson(query, fields), id);
  if (kind === "json" && alone) return { kind, text };
  const value = kind === "json" ? parse(text, id) : parametersOf(parse(text, id), id);
  return json(mergeJson(query, placed(value, target.body, id), fields), id);
}

/** Where the HTTP rule puts the body: the whole message, one field, or nowhere. */
function placed(value: JsonValue, body: string | undefined, id: string): JsonObject {
  const result = Object.create(null) as JsonObject;
  if (body === undefined) return result;
  if (body === "*") {
    if (isObject(value)) return value;
    throw badRequest(id, "request body must be a JSON object");
  }
  result[body] = value;
  return result;
}

/** The message inside a JSON-RPC envelope: `params`, or its first element. */
function parametersOf(envelope: JsonValue, id: string): JsonValue {
  const params = isObject(envelope) ? envelope.params : undefined;
  const value = Array.isArray(params) ? params[0] : params;
  if (value === undefined) throw badRequest(id, "a JSON-RPC body needs params");
  return value;
}

function fieldTree(fields: ReadonlyMap<string, string>): QueryNode {
  const root: QueryNode = { values: [], children: new Map() };
  for (const [path, value] of fields) {
    let node = root;
    for (const step of path.split(".")) {
      let child = node.children.get(step);
      if (child === undefined) {
        child = { values: [], children: new Map() };
        node.children.set(step, child);
      }
      node = child;
    }
    node.values.push(value);
  }
  return root;
}

function json(object: JsonObject, id: string): RpcRequest {
  try {
    return { kind: "json", text: JSON.stringify(object) };
  } catch {
    // JSON.parse takes any depth, JSON.stringify as much as the stack holds.
    throw badRequest(id, "request body is nested too deeply");
  }
}

function isEmpty(object: JsonObject): boolean {
  return Object.keys(object).length === 0;
}

function parse(text: string, id: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch (error) {
    throw badRequest(id, `request body is not JSON: ${(error as Error).message}`);
  }
}

function textOf(bytes: Uint8Array, id: string): string {
  try {
    return UTF8.decode(bytes);
  } catch {
    throw badRequest(id, "request body is not UTF-8");
  }
}
