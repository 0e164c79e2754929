import { createReadStream } from "node:fs";
import { realpath, stat } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { extname, join, resolve, sep } from "node:path";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";

const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".gif": "image/gif",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".jpg": "image/jpeg",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".mjs": "text/javascript; charset=utf-8",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
  ".webp": "image/webp",
  ".woff2": "font/woff2",
};

/** Answers a request with a file and resolves to true, or leaves it alone and resolves to false. */
export type StaticFiles = (request: IncomingMessage, response: ServerResponse) => Promise<boolean>;

/**
 * Files of a folder for GET and HEAD: `/` is `index.html`. Never anything outside the folder (links are followed and
 * checked), nothing whose name or folder begins with a dot.
 */
export function createStaticFiles(folder: URL | string): StaticFiles {
  const root = resolve(folder instanceof URL ? fileURLToPath(folder) : folder);

  return async (request, response) => {
    if (request.method !== "GET" && request.method !== "HEAD") return false;
    const path = pathOf(request.url ?? "/");
    if (path === undefined) return false;
    const file = await find(root, path);
    if (file === undefined) return false;
    const tag = `"${file.size.toString(16)}-${Math.trunc(file.mtimeMs).toString(16)}"`;
    response.setHeader("etag", tag);
    response.setHeader("cache-control", "no-cache");
    if (request.headers["if-none-match"] === tag) {
      response.writeHead(304).end();
      return true;
    }
    response.writeHead(200, {
      "content-type": TYPES[extname(file.path).toLowerCase()] ?? "application/octet-stream",
      "content-length": file.size,
      "x-content-type-options": "nosniff",
    });
    if (request.method === "HEAD") {
      response.end();
      return true;
    }
    // Bounded by the length promised: a file that grows meanwhile must not break the framing.
    const body = file.size === 0 ? undefined : createReadStream(file.path, { end: file.size - 1 });
    if (body === undefined) response.end();
    else await pipeline(body, response).catch(() => response.destroy()); // the browser left, or the file did
    return true;
  };
}

function pathOf(url: string): string | undefined {
  try {
    const path = decodeURIComponent(url.split(/[?#]/, 1)[0] as string);
    if (!path.startsWith("/") || /[\0\\]/.test(path)) return undefined;
    return path.split("/").some((part) => part.startsWith(".")) ? undefined : path;
  } catch {
    return undefined; // malformed percent-encoding
  }
}

async function find(root: string, path: string) {
  try {
    const real = await realpath(join(root, path.endsWith("/") ? `${path}index.html` : path));
    if (!real.startsWith((await realpath(root)) + sep)) return undefined;
    const { size, mtimeMs, ...info } = await stat(real).then((found) => ({
      size: found.size,
      mtimeMs: found.mtimeMs,
      isFile: found.isFile(),
    }));
    return info.isFile ? { path: real, size, mtimeMs } : undefined;
  } catch {
    return undefined; // not there: the handler is asked
  }
}
