import { createMdnsRegistry } from "../../../../src/runtime/registry/mdns/index.ts";
import { describeRegistry } from "../../../contract/registry.ts";

describeRegistry({
  name: "mdns",
  listsNodes: false,
  skip: {
    "forgets a node that does not renew in time":
      "mDNS records live as long as their process answers, so there is nothing to renew",
  },
  async open() {
    return {
      registry: createMdnsRegistry({ address: "127.0.0.1" }),
      peer: createMdnsRegistry({ address: "127.0.0.1" }),
    };
  },
});
