import { LiveError } from "./live-error.ts";

/** Where a schema comes from that is not in the project. */
export type Source =
  | { readonly kind: "registry"; readonly service: string }
  | { readonly kind: "grpc"; readonly host: string; readonly port: number; readonly tls: boolean }
  /** A google.protobuf.FileDescriptorSet; the path as typed. */
  | { readonly kind: "file"; readonly path: string };

const forms =
  "registry:com.example.srv.greeter, grpc://host:port (grpcs:// for TLS), or a file that protoc or buf compiled, greeter.binpb";

/**
 * `registry:com.example.srv.greeter`, `grpc://127.0.0.1:50051`, `grpcs://[::1]:443`, `build/greeter.binpb`.
 *
 * @throws LiveError "usage"
 */
export function parseSource(text: string): Source {
  const scheme = /^([a-z][a-z0-9+.-]+):(.*)$/is.exec(text);
  const [, name = "", rest = ""] = scheme ?? [];
  if (name.toLowerCase() === "registry") {
    if (/^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,198}[A-Za-z0-9])?$/.test(rest))
      return { kind: "registry", service: rest };
    throw new LiveError(
      "usage",
      `${JSON.stringify(text)} names no service; an example: registry:go.micro.srv.greeter`,
    );
  }
  if (name.toLowerCase() === "grpc" || name.toLowerCase() === "grpcs") {
    const match = /^\/\/(\[[0-9a-f:.]+\]|[A-Za-z0-9._-]{1,253}):(\d{1,5})\/?$/i.exec(rest);
    const port = Number(match?.[2]);
    if (match !== null && port > 0 && port < 65_536)
      return { kind: "grpc", host: match[1] as string, port, tls: name.toLowerCase() === "grpcs" };
    throw new LiveError("usage", `${JSON.stringify(text)} is no address; an example: grpc://127.0.0.1:50051`);
  }
  // One letter is a drive of Windows.
  if (text === "" || scheme !== null)
    throw new LiveError("usage", `${JSON.stringify(text)} is no source; it is ${forms}.`);
  return { kind: "file", path: text };
}

/** As `parseSource` takes it: equal sources have equal texts, and paths have POSIX separators. */
export function formatSource(source: Source): string {
  if (source.kind === "registry") return `registry:${source.service}`;
  if (source.kind === "file") return source.path.replaceAll("\\", "/");
  return `${source.tls ? "grpcs" : "grpc"}://${source.host.toLowerCase()}:${source.port}`;
}
