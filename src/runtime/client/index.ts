export type { BreakerOptions } from "./breaker.ts";
export { checkPolicy, unknownOption } from "./check-policy.ts";
export type {
  CallOptions,
  Client,
  ClientCall,
  ClientInterceptor,
  PublishCall,
  PublishInterceptor,
  PublishOptions,
} from "./client.ts";
export type { ClientOptions } from "./client-options.ts";
export { createClient } from "./create-client.ts";
export { type JsonMethod, JsonText, jsonMethod } from "./json-method.ts";
export type { CallPolicy, ClientPolicy } from "./policy.ts";
export type { RetryBudgetOptions } from "./retry-budget.ts";
export type { Use, Uses } from "./uses.ts";
