/** What a request body is, as far as the rpc handler can take it. */
export type BodyKind = "json" | "json-rpc" | "protobuf" | "form";

const KINDS: Readonly<Record<string, BodyKind>> = {
  "application/json": "json",
  "application/grpc+json": "json",
  "application/json-rpc": "json-rpc",
  "application/grpc": "protobuf",
  "application/grpc+proto": "protobuf",
  "application/proto": "protobuf",
  "application/protobuf": "protobuf",
  "application/x-protobuf": "protobuf",
  "application/octet-stream": "protobuf",
  "application/x-www-form-urlencoded": "form",
  // go-micro v2.9 spelt it so, and clients followed.
  "application/www-x-form-urlencoded": "form",
};

/** Names for a 415 to list. */
export const SUPPORTED_CONTENT_TYPES: readonly string[] = [
  "application/json",
  "application/protobuf",
  "application/x-www-form-urlencoded",
];

/** `Application/JSON; charset=utf-8` -> `json`; absent -> `json`; undefined for what we cannot read. */
export function bodyKindOf(contentType: string | undefined): BodyKind | undefined {
  const bare = mediaType(contentType);
  if (bare === "") return "json";
  return Object.hasOwn(KINDS, bare) ? KINDS[bare] : undefined;
}

/** The type without parameters, in lower case; empty when absent. */
export function mediaType(contentType: string | undefined): string {
  return (contentType ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
}
