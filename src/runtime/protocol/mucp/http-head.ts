/** Header fields by lower-case name; of a name that comes twice the first counts, as in go-micro. No prototype. */
export type HeaderFields = { [name: string]: string };

/** The first line of an HTTP/1.1 message and its header fields. */
export interface HttpHead {
  readonly start: string;
  readonly fields: HeaderFields;
}

/** What came is no HTTP/1.1 message, or one that is larger than allowed. The connection cannot be read any further. */
export class HttpError extends Error {
  /** HTTP status that says so: 400, 413, 431. */
  readonly status: number;
  /** The header fields of the message, when they could be read. */
  readonly fields: HeaderFields | undefined;

  constructor(status: number, message: string, fields?: HeaderFields) {
    super(message);
    this.status = status;
    this.fields = fields;
  }
}

const MAX_FIELDS = 200;
const FIELD = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*$/s;
// biome-ignore lint/suspicious/noControlCharactersInRegex: those that no field value may hold.
const CONTROL = /[\x00-\x08\x0a-\x1f\x7f]/;

/**
 * Reads a block without its empty line: `POST / HTTP/1.1\r\nMicro-Id: 7` -> start and `{ "micro-id": "7" }`. Values are
 * UTF-8, as Go writes them. Throws HttpError for what no sender of ours would write (RFC 9112 section 5): folded lines,
 * a bare line feed, spaces before the colon.
 */
export function parseHead(block: Buffer): HttpHead {
  const lines = block.toString("utf8").split("\r\n");
  if (lines.length - 1 > MAX_FIELDS) throw new HttpError(431, `more than ${MAX_FIELDS} header lines`);
  const fields = Object.create(null) as HeaderFields;
  for (let i = 1; i < lines.length; i++) {
    const match = FIELD.exec(lines[i] as string);
    if (match === null || CONTROL.test(match[2] as string)) throw new HttpError(400, "malformed header line");
    const name = (match[1] as string).toLowerCase();
    if (name in fields && (name === "content-length" || name === "transfer-encoding")) {
      throw new HttpError(400, `more than one ${name}`);
    }
    fields[name] ??= match[2] as string;
  }
  return { start: lines[0] as string, fields };
}
