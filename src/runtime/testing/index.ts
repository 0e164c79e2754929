export type { Fault, FaultScope } from "./faults.ts";
export type { Random } from "./random.ts";
export { forEachSeed } from "./seeds.ts";
export { standIn } from "./stand-in.ts";
export {
  createTestNetwork,
  type TestNetwork,
  type TestNetworkOptions,
  type TestServiceOptions,
  type TestWebOptions,
} from "./test-network.ts";
