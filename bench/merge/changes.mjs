// Changes of a schema, each with what a person who made it would answer when asked.

const head = `syntax = "proto3";
package shop;

message Ask { string name = 1; }
message Told { string name = 1; }

`;
const hello = "  rpc Hello(Ask) returns (Told);\n";
const find = "  rpc Find(Ask) returns (Told);\n";
const count = "  rpc Count(Ask) returns (stream Told);\n";
const sell = "  // Sells one thing.\n  rpc Sell(Ask) returns (Told);\n";
const desk = (...rpcs) => `${head}service Desk {\n${rpcs.join("")}}\n`;
const plain = desk(hello, find, count);

export const before = { "desk.proto": plain };

/** `renames`: for --rename. `words`: what may stand otherwise in the user's text afterwards. */
export const changes = [
  { name: "rpc added at the end", protos: { "desk.proto": desk(hello, find, count, sell) } },
  { name: "rpc added in the middle", protos: { "desk.proto": desk(hello, sell, find, count) } },
  {
    name: "two rpcs added, one moved",
    protos: { "desk.proto": desk(sell, find, "  rpc Buy(Ask) returns (Told);\n", hello, count) },
  },
  { name: "rpc removed", protos: { "desk.proto": desk(hello, count) } },
  {
    name: "rpc renamed",
    protos: { "desk.proto": desk(hello, find.replace("Find", "Search"), count) },
    renames: ["Find=Search"],
    words: [["find", "search"]],
  },
  {
    name: "request type renamed",
    protos: { "desk.proto": plain.replaceAll("Ask", "Question") },
    renames: ["Ask=Question"],
    words: [["Ask", "Question"]],
  },
  {
    name: "response type renamed",
    protos: { "desk.proto": plain.replaceAll("Told", "Answer") },
    renames: ["Told=Answer"],
    words: [["Told", "Answer"]],
  },
  {
    name: "one message becomes a stream",
    protos: { "desk.proto": desk(hello.replace("(Told)", "(stream Told)"), find, count) },
  },
  {
    name: "service renamed",
    protos: { "desk.proto": plain.replace("service Desk", "service Counter") },
    renames: ["Desk=Counter"],
    words: [
      ["DeskHandler", "CounterHandler"],
      ["registerDeskHandler", "registerCounterHandler"],
    ],
  },
  {
    name: "schema moved to another file",
    protos: { "shop/counter.proto": plain },
    words: [
      ["../gen/desk", "../gen/shop/counter"],
      ["./gen/desk", "./gen/shop/counter"],
    ],
  },
  {
    name: "service added",
    protos: { "desk.proto": `${plain}\nservice Till {\n  rpc Pay(Ask) returns (Told);\n}\n` },
  },
];
