/** Bytes that are no message of the type asked for: cut short, malformed, nested too deep. */
export class DecodeError extends Error {
  override name = "DecodeError";
}

/** A JSON text or value that is no message of the type asked for, or a message that has no JSON form. */
export class JsonError extends Error {
  override name = "JsonError";
  /** Where, `labels.size[2]`; empty for the message itself. */
  readonly path: string;
  /** What is wrong there, without the path. */
  readonly reason: string;

  constructor(reason: string, path = "") {
    super((path && `${path}: `) + reason);
    this.path = path;
    this.reason = reason;
  }
}
