export {
  API_HANDLERS,
  type ApiGateway,
  type ApiGatewayOptions,
  type ApiHandler,
  createApiGateway,
} from "./api/create-api-gateway.ts";
export { AddressTakenError } from "./gateway/edge-server.ts";
export { createWebProxy, type WebProxy, type WebProxyOptions } from "./web/create-web-proxy.ts";
