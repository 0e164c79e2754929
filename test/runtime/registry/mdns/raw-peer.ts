import { createSocket, type RemoteInfo } from "node:dgram";
import dnsPacket, { type Packet } from "dns-packet";

const GROUP = "224.0.0.251";
const PORT = 5353;

export interface Heard {
  readonly message: dnsPacket.DecodedPacket;
  readonly from: RemoteInfo;
}

/**
 * Somebody else on the loopback link who speaks DNS by another library and sees every byte that holds `mark`. Asks from
 * an address of loopback, or from another of this machine's.
 */
export async function createRawPeer(mark: string, askFrom = "127.0.0.1") {
  const heard: Heard[] = [];
  const waiting = new Set<() => void>();
  const answers: ((heard: Heard) => Packet[])[] = [];

  const listener = createSocket({ type: "udp4", reuseAddr: true });
  const asker = createSocket("udp4");
  const receive = (packet: Buffer, from: RemoteInfo) => {
    // Others use the group at the same time.
    if (!packet.toString("latin1").includes(mark)) return;
    const entry = { message: dnsPacket.decode(packet), from };
    heard.push(entry);
    for (const answer of answers)
      for (const reply of answer(entry)) listener.send(dnsPacket.encode(reply), from.port, from.address);
    for (const wake of waiting) wake();
  };
  listener.on("message", receive);
  asker.on("message", receive);
  await new Promise<void>((resolve) => listener.bind(PORT, "0.0.0.0", resolve));
  await new Promise<void>((resolve) => asker.bind(0, askFrom, resolve));
  listener.addMembership(GROUP, "127.0.0.1");
  for (const socket of [listener, asker]) socket.setMulticastInterface("127.0.0.1");

  return {
    heard,
    /** The first packet, heard already or to come, that fits. */
    async until(fits: (heard: Heard) => boolean, count = 1): Promise<Heard[]> {
      for (;;) {
        const found = heard.filter(fits);
        if (found.length >= count) return found;
        await new Promise<void>((resolve) => {
          const wake = () => {
            waiting.delete(wake);
            resolve();
          };
          waiting.add(wake);
        });
      }
    },
    /** Asks from an ephemeral port, as go-micro does. */
    ask(packet: Packet): void {
      asker.send(dnsPacket.encode({ type: "query", ...packet }), PORT, GROUP);
    },
    /** Says something to everybody. */
    tell(packet: Packet): void {
      listener.send(dnsPacket.encode({ type: "response", ...packet }), PORT, GROUP);
    },
    /** Answers each packet it hears with these, to the sender alone. */
    answerWith(answer: (heard: Heard) => Packet[]): void {
      answers.push(answer);
    },
    async close(): Promise<void> {
      await Promise.all(
        [listener, asker].map((socket) => new Promise<void>((resolve) => socket.close(resolve))),
      );
    },
  };
}
