// The messages that are timed, as ProtoJSON: every library makes its own objects of them.
const sub = (i) => ({ id: `item-${i}`, count: i * 7, score: i / 8, ok: i % 2 === 0 });

export const messages = {
  Tiny: { name: "Ada Lovelace", n: 42 },
  Medium: {
    text: "hello",
    longerText: "Grüße aus einer etwas längeren Zeichenkette mit Umlauten",
    plain: 123456,
    positive: 300,
    zigzag: -77,
    big: "-1234567890123",
    bigger: "9007199254740993",
    real: 3.25,
    single: 1.5,
    flag: true,
    blob: Buffer.from("sixteen bytes!!!").toString("base64"),
    kind: "KIND_B",
    sub: sub(1),
    subs: [sub(2), sub(3)],
    numbers: [1, 2, 300, 4000, -5, 60000],
    tags: ["alpha", "beta", "gamma"],
    labels: { environment: "production", region: "eu-west" },
    byName: { first: sub(4), second: sub(5) },
    maybe: "there",
    chosenSub: sub(6),
  },
  Large: { items: Array.from({ length: 500 }, (_, i) => sub(i)) },
};
