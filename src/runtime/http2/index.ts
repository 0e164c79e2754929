export * from "./engine.ts";
export { createNodeHttp2Engine } from "./node-engine.ts";
