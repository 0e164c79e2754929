export type { CallOptions, Client, ClientCall, ClientInterceptor, PublishOptions } from "./client.ts";
export { type ClientOptions, createClient } from "./create-client.ts";
export { type JsonMethod, JsonText, jsonMethod } from "./json-method.ts";
