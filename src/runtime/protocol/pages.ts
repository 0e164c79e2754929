import { answer, type HttpProtocol } from "./http-protocol.ts";

/** What a page answers with. */
export interface Page {
  readonly httpStatus: number;
  readonly contentType: string;
  readonly body: string | Uint8Array;
}

/** Path -> what it shows now: `/healthz`, `/readyz`, `/metrics`. */
export type Pages = Readonly<Record<string, () => Page | Promise<Page>>>;

/** A page that shows a value as JSON. */
export function jsonPage(httpStatus: number, value: unknown): Page {
  return { httpStatus, contentType: "application/json", body: JSON.stringify(value) };
}

/** What probes and scrapers GET, beside the calls. A page that throws is a 500 without its reason. */
export function createPagesServer(pages: Pages): HttpProtocol {
  return {
    name: "pages",
    open({ method, path }, stream) {
      const page = Object.hasOwn(pages, `/${path}`) ? pages[`/${path}`] : undefined;
      if (page === undefined) return undefined;
      if (method !== "GET" && method !== "HEAD") {
        return answer(stream, 405, { allow: "GET, HEAD" }, new Uint8Array(0));
      }
      let gone = false;
      const show = ({ httpStatus, contentType, body }: Page) => {
        const bytes = Buffer.from(body as string);
        const headers = { "content-type": contentType, "x-content-type-options": "nosniff" };
        if (gone) return;
        if (method === "GET") answer(stream, httpStatus, headers, bytes);
        else {
          const length = { "content-length": String(bytes.length) };
          stream.sendHeaders({ ":status": String(httpStatus), ...headers, ...length }, true);
        }
      };
      Promise.resolve()
        .then(page)
        .then(show, () => show({ httpStatus: 500, contentType: "text/plain", body: "this page failed\n" }));
      return {
        onHeaders() {},
        onData() {},
        onTrailers() {},
        onEnd() {},
        onDrain() {},
        onClose() {
          gone = true;
        },
      };
    },
  };
}
