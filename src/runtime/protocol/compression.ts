import { promisify } from "node:util";
import * as zlib from "node:zlib";
import { badRequest } from "../errors/index.ts";
import { CLIENT_ID } from "./cancel-reason.ts";

/** One way to make messages smaller, under the name that HTTP and gRPC give it. */
export interface Compression {
  /** `gzip`, `br`, `zstd`. */
  readonly name: string;
  /** Smaller messages are left as they are. */
  readonly minBytes: number;
  /** Not on the event loop's thread: a large message takes long. */
  compress(bytes: Uint8Array): Promise<Buffer>;
  /**
   * Throws RangeError when more than `maxBytes` come out: inflating stops there, a bomb never unfolds. Throws another
   * Error for bytes that are not compressed this way.
   */
  inflate(bytes: Uint8Array, maxBytes: number): Buffer;
}

type Compress = (bytes: Uint8Array) => Promise<Buffer>;
type Inflate = (bytes: Uint8Array, options: { maxOutputLength: number }) => Buffer;

/** Absent from node:zlib before 22.15, and from the types we build with. */
const { zstdCompress, zstdDecompressSync } = zlib as unknown as {
  readonly zstdCompress?: (bytes: Uint8Array, done: (error: Error | null, result: Buffer) => void) => void;
  readonly zstdDecompressSync?: Inflate;
};

/** Smaller messages gain nothing. */
const MIN_BYTES = 1024;

/** What this Node can, the one we like best first: gzip costs the least and everybody has it. */
export const COMPRESSIONS: readonly Compression[] = [
  compression("gzip", promisify(zlib.gzip) as Compress, zlib.gunzipSync),
  ...(zstdCompress === undefined || zstdDecompressSync === undefined
    ? []
    : [compression("zstd", promisify(zstdCompress) as Compress, zstdDecompressSync)]),
  compression(
    "br",
    // Its own default takes tens of times longer for little less.
    (bytes) => brotli(bytes, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 4 } }),
    zlib.brotliDecompressSync,
  ),
];

/** For `accept-encoding` and its relatives: `gzip,br`. */
export const ACCEPTED_ENCODINGS: string = COMPRESSIONS.map(({ name }) => name).join(",");

/** The compression of a name; undefined for `identity` and for names we do not know: see {@link isKnownEncoding}. */
export function compressionOf(name: unknown): Compression | undefined {
  return COMPRESSIONS.find((one) => one.name === name);
}

/** {@link compressionOf} for a name that somebody chose here. Throws MicroError 400 for one this Node does not have. */
export function chosenCompression(name: string | undefined, minBytes?: number): Compression | undefined {
  if (isKnownEncoding(name)) {
    const known = compressionOf(name);
    return known === undefined || minBytes === undefined ? known : { ...known, minBytes };
  }
  const detail = `compression ${JSON.stringify(name)} is not one of identity, ${ACCEPTED_ENCODINGS}`;
  throw badRequest(CLIENT_ID, detail);
}

/** True for `identity`, nothing at all, and every compression this Node has. */
export function isKnownEncoding(name: unknown): boolean {
  return name === undefined || name === "" || name === "identity" || compressionOf(name) !== undefined;
}

/**
 * What an answer is compressed with: what the caller used itself, else the best of what it says it reads
 * (`gzip;q=0.5, br`); nothing when it says nothing or asks for `identity`. A quality of 0 is a refusal.
 */
export function negotiate(used: Compression | undefined, accepted: unknown): Compression | undefined {
  if (typeof accepted !== "string") return used;
  const names = new Set<string>();
  for (const entry of accepted.slice(0, 1024).split(",")) {
    const [name, ...parameters] = entry.split(";");
    if (!parameters.some((one) => /^\s*q=0(?:\.0*)?\s*$/.test(one))) names.add((name as string).trim());
  }
  if (used !== undefined && names.has(used.name)) return used;
  return COMPRESSIONS.find(({ name }) => names.has(name));
}

function compression(name: string, compress: Compress, inflate: Inflate): Compression {
  return {
    name,
    minBytes: MIN_BYTES,
    compress,
    inflate(bytes, maxBytes) {
      try {
        // zlib wants room for a byte at least.
        const inflated = inflate(bytes, { maxOutputLength: Math.max(1, maxBytes) });
        if (inflated.length <= maxBytes) return inflated;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ERR_BUFFER_TOO_LARGE") throw error;
      }
      throw new RangeError(`more than ${maxBytes} bytes`);
    },
  };
}

function brotli(bytes: Uint8Array, options: zlib.BrotliOptions): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    zlib.brotliCompress(bytes, options, (error, result) =>
      error === null ? resolve(result) : reject(error),
    );
  });
}
