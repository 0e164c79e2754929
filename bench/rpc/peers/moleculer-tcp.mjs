import net from "node:net";
import { ServiceBroker } from "moleculer";

// Its transporter listens on all interfaces and has no option for it; a benchmark stays on loopback.
const { listen } = net.Server.prototype;
net.Server.prototype.listen = function (options, ...rest) {
  return listen.call(this, { ...options, host: "127.0.0.1" }, ...rest);
};

async function start(nodeID, urls, services = []) {
  const transporter = { type: "TCP", options: { udpDiscovery: false, urls, port: null } };
  const broker = new ServiceBroker({ nodeID, logger: false, transporter });
  // Where the other node will dial this one.
  broker.registry.nodes.localNode.ipList = ["127.0.0.1"];
  for (const service of services) broker.createService(service);
  await broker.start();
  return broker;
}

/** Moleculer's own protocol, as its TCP transporter speaks it; nodes named, not discovered. */
export const create = () => ({
  async serve() {
    const echo = { name: "echo", actions: { call: (context) => context.params.text } };
    const broker = await start("server", [], [echo]);
    return `127.0.0.1:${broker.transit.tx.reader.opts.port}`;
  },

  async connect(address) {
    const broker = await start("client", [`tcp://${address}/server`]);
    await broker.waitForServices("echo");
    return {
      call: () => broker.call("echo.call", { text: "four" }, { timeout: 5000 }),
      close: () => broker.stop(),
    };
  },
});
