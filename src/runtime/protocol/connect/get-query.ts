import type { Codec } from "../../codec/index.ts";

/** A message that came in a URL. */
export interface GetMessage {
  readonly message: Uint8Array;
  /** Name of its compression, `identity` for none. */
  readonly encoding: string;
}

/** True for a query that is a call by Connect: `encoding=json&message=%7B%7D&connect=v1`. */
export function isConnectQuery(query: string): boolean {
  return /(?:^|&)(?:encoding|connect|message)=/.test(query);
}

/** The name of the codec, `json` or `proto`, or whatever the caller wrote. */
export function codecNameOf(query: string): string {
  return new URLSearchParams(query).get("encoding") ?? "";
}

/** The message of a query, or in words what is wrong with it. */
export function readQuery(query: string): GetMessage | string {
  const parameters = new URLSearchParams(query);
  const version = parameters.get("connect");
  if (version !== null && version !== "v1") return `connect=${version.slice(0, 20)} is not v1`;
  const text = parameters.get("message");
  if (text === null) return "the query has no message";
  const encoding = parameters.get("compression") ?? "identity";
  const base64 = parameters.get("base64");
  if (base64 === null || base64 === "0") return { message: Buffer.from(text), encoding };
  if (base64 !== "1") return `base64=${base64.slice(0, 20)} is neither 0 nor 1`;
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(text)) return "the message is no base64";
  return { message: Buffer.from(text, "base64url"), encoding };
}

/** The query of a call. JSON goes as it is, everything else in base64. */
export function writeQuery(codec: Codec, message: Uint8Array, encoding: string | undefined): string {
  const isText = codec.name === "json" && encoding === undefined;
  const parameters = new URLSearchParams({
    // The order that the protocol recommends, so that caches see one URL.
    connect: "v1",
    ...(isText ? {} : { base64: "1" }),
    ...(encoding === undefined ? {} : { compression: encoding }),
    encoding: codec.name,
    message: isText ? Buffer.from(message).toString() : Buffer.from(message).toString("base64url"),
  });
  return parameters.toString();
}
