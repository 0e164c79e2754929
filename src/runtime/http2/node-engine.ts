import type { Http2Engine } from "./engine.ts";
import { NodeClientSession } from "./node-client-session.ts";
import { NodeServerSession } from "./node-server-session.ts";

/** HTTP/2 by node:http2. */
export function createNodeHttp2Engine(): Http2Engine {
  return {
    name: "node",
    accept: (connection, handler, limits = {}) => new NodeServerSession(connection, handler, limits),
    connect: (connection, authority, limits = {}) => NodeClientSession.connect(connection, authority, limits),
  };
}
