export {
  createTestNetwork,
  type TestNetwork,
  type TestServiceOptions,
  type TestWebOptions,
} from "./test-network.ts";
