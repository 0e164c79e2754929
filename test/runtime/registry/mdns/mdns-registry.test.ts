import { createMdnsRegistry } from "../../../../src/runtime/registry/mdns/index.ts";
import { describeRegistry } from "../../../contract/registry.ts";

describeRegistry({
  name: "mdns",
  listsNodes: false,
  endsWith: "process",
  async open() {
    return {
      registry: createMdnsRegistry({ address: "127.0.0.1" }),
      peer: createMdnsRegistry({ address: "127.0.0.1" }),
    };
  },
});
