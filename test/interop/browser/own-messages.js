// Our generated messages in a page: the same bytes and texts as in Node, and a call that needs nothing but `fetch`.
import * as everything from "../../fixtures/everything/expected/everything.ts";
import { HelloRequest, HelloResponse } from "../../fixtures/greeter/expected/greeter.ts";

/** What comes of messages, each given as type and hexadecimal bytes. */
export function throughAllForms(messages) {
  return messages.map(([typeName, hex]) => {
    const type = Object.values(everything).find((one) => one?.typeName === typeName);
    const message = type.decode(Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16)));
    const text = type.toJsonString(message);
    return [text, toHex(type.encode(message)), toHex(type.encode(type.fromJsonString(text)))];
  });
}

/** Calls the greeter by Connect, first in protobuf, then in JSON. */
export async function hello(baseUrl, name) {
  const request = HelloRequest.create({ name });
  const post = async (type, body) => {
    const options = { method: "POST", headers: { "content-type": type }, body };
    return fetch(`${baseUrl}/greeter.Greeter/Hello`, options);
  };
  const binary = await post("application/proto", HelloRequest.encode(request));
  const json = await post("application/json", HelloRequest.toJsonString(request));
  return [
    HelloResponse.decode(new Uint8Array(await binary.arrayBuffer())).msg,
    HelloResponse.fromJsonString(await json.text()).msg,
  ];
}

function toHex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
