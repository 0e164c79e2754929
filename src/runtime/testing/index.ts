export { standIn } from "./stand-in.ts";
export {
  createTestNetwork,
  type TestNetwork,
  type TestServiceOptions,
  type TestWebOptions,
} from "./test-network.ts";
