export type { CallOptions, Client, ClientCall, ClientInterceptor, PublishOptions } from "./client.ts";
