import type { EngineStream, HeaderBlock, StreamReceiver } from "../http2/index.ts";
import { answer, type HttpRequest } from "./http-protocol.ts";

/** Which web pages of other origins may call (the Fetch standard, "CORS protocol"). */
export interface CorsOptions {
  /** `https://shop.example`, each with its scheme and port as browsers write it; `*` for any page. */
  readonly origins: readonly string[];
  /** Pages may send their users' cookies and certificates. Not with `*`. Default false. */
  readonly credentials?: boolean | undefined;
  /** How long a browser remembers what it may do. Default 7200, the most that Chromium takes. */
  readonly maxAgeSeconds?: number | undefined;
}

/** Answers the questions of browsers, and lets pages of the origins read what calls answer. */
export interface Cors {
  /** The answer to a preflight request; undefined for all others. */
  preflight(request: HttpRequest, stream: EngineStream): StreamReceiver | undefined;
  /** The stream on which a call is answered. */
  allow(request: HttpRequest, stream: EngineStream): EngineStream;
}

/** Throws TypeError for an origin that no browser sends, and for `*` with credentials, which browsers refuse. */
export function createCors(options: CorsOptions): Cors {
  const { credentials = false, maxAgeSeconds = 7200 } = options;
  const origins = new Set(options.origins);
  for (const origin of origins) checkOrigin(origin);
  const isOpen = origins.has("*");
  if (isOpen && credentials) throw new TypeError("cors: credentials need origins by name, not *");

  /** What allows the caller's page to read the answer; empty when its origin is not among ours. */
  function grant({ headers }: HttpRequest): HeaderBlock {
    if (headers.origin === undefined) return {};
    const origin = String(headers.origin);
    if (!isOpen && !origins.has(origin)) return {};
    return {
      "access-control-allow-origin": isOpen ? "*" : origin,
      ...(credentials ? { "access-control-allow-credentials": "true" } : {}),
    };
  }

  return {
    preflight(request, stream) {
      const { headers, method } = request;
      const asked = headers["access-control-request-method"];
      if (method !== "OPTIONS" || headers.origin === undefined || asked === undefined) return undefined;
      const granted = grant(request);
      const wanted = headers["access-control-request-headers"];
      const allowed =
        Object.keys(granted).length === 0
          ? {}
          : {
              "access-control-allow-methods": "GET, POST",
              // Calls carry whatever metadata they like: what is asked for is what is needed.
              ...(wanted === undefined ? {} : { "access-control-allow-headers": wanted }),
              "access-control-max-age": String(maxAgeSeconds),
            };
      return answer(stream, 204, { ...granted, ...allowed, vary: VARY }, new Uint8Array(0));
    },
    allow(request, stream) {
      // Also for those who name no origin: a cache must not give their answers to pages.
      return new AllowedStream(stream, grant(request));
    },
  };
}

const VARY = "origin, access-control-request-method, access-control-request-headers";

function checkOrigin(origin: string): void {
  if (origin === "*") return;
  const parsed = URL.canParse(origin) ? new URL(origin) : undefined;
  if (parsed?.origin === origin) return;
  const better = parsed === undefined || parsed.origin === "null" ? "" : `; did you mean ${parsed.origin}?`;
  throw new TypeError(`cors: ${JSON.stringify(origin)} is no origin such as https://shop.example${better}`);
}

/** A stream whose answer says who may read it, and which of its headers: all that it has. */
class AllowedStream implements EngineStream {
  readonly #stream: EngineStream;
  readonly #granted: HeaderBlock;

  constructor(stream: EngineStream, granted: HeaderBlock) {
    this.#stream = stream;
    this.#granted = granted;
  }

  sendHeaders(headers: HeaderBlock, end: boolean): void {
    const names = Object.keys(headers).filter((name) => !name.startsWith(":") && headers[name] !== undefined);
    const isGranted = Object.keys(this.#granted).length > 0;
    this.#stream.sendHeaders(
      {
        ...headers,
        ...this.#granted,
        ...(isGranted ? { "access-control-expose-headers": names.join(", ") } : {}),
        vary: headers.vary === undefined ? "origin" : `${headers.vary}, origin`,
      },
      end,
    );
  }

  sendData(bytes: Uint8Array, end: boolean): boolean {
    return this.#stream.sendData(bytes, end);
  }

  sendTrailers(trailers: HeaderBlock, last?: Uint8Array): void {
    this.#stream.sendTrailers(trailers, last);
  }

  reset(code: number): void {
    this.#stream.reset(code);
  }

  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#stream.resume();
  }
}
