import { X509Certificate } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { createSecureContext, type SecureContext } from "node:tls";
import { messageOf } from "../../errors/index.ts";

/** Paths of PEM files. */
export interface CertificateFiles {
  /** Our certificate, the authorities between it and the root behind it. */
  readonly certFile?: string | undefined;
  /** Its private key. */
  readonly keyFile?: string | undefined;
  /** Authorities whose certificates we accept. */
  readonly caFile?: string | undefined;
}

/** What the files hold, known to fit together. */
export interface Certificates {
  readonly cert: Buffer | undefined;
  readonly key: Buffer | undefined;
  readonly ca: Buffer | undefined;
  readonly context: SecureContext;
}

const FIRST_LOOKS = 3;
const FIRST_PAUSE_MS = 100;

/** The floor of every connection, whatever Node was started with. */
export const MIN_VERSION = "TLSv1.2";

/**
 * Certificates that may be replaced on disk while we run. What was read last and fitted together stays in use until
 * something better is there: renewing writes several files, one after the other.
 */
export class CertificateStore {
  readonly #files: CertificateFiles;
  readonly #onProblem: ((line: string) => void) | undefined;
  #stamp = "";
  #current: Certificates | undefined;
  #lastProblem = "";

  /** `onProblem` is told, once, what is wrong with new files that cannot be used. */
  constructor(files: CertificateFiles, onProblem: ((line: string) => void) | undefined) {
    this.#files = files;
    this.#onProblem = onProblem;
  }

  /** What to use now. Rejects, with an Error that names the file, only while there never was anything to use. */
  async latest(): Promise<Certificates> {
    this.#current ??= await this.#first();
    try {
      await this.#look();
      this.#lastProblem = "";
    } catch (error) {
      const problem = messageOf(error);
      if (problem !== this.#lastProblem) this.#onProblem?.(`the certificates in use stay: ${problem}`);
      this.#lastProblem = problem;
    }
    return this.#current;
  }

  /** Who starts while the files are being renewed finds half of them new. */
  async #first(): Promise<Certificates> {
    for (let look = 1; ; look++) {
      try {
        return await this.#look();
      } catch (error) {
        if (look === FIRST_LOOKS) throw error;
        await sleep(FIRST_PAUSE_MS);
      }
    }
  }

  async #look(): Promise<Certificates> {
    const stamp = await this.#stampOf();
    if (this.#current === undefined || stamp !== this.#stamp) this.#current = await this.#read();
    this.#stamp = stamp;
    return this.#current;
  }

  async #read(): Promise<Certificates> {
    const { certFile, keyFile, caFile } = this.#files;
    const [cert, key, ca] = await Promise.all([certFile, keyFile, caFile].map(readPem));
    if (cert !== undefined) checkValidity(cert, certFile as string);
    return { cert, key, ca, context: this.#contextOf(cert, key, ca) };
  }

  /** Taken before reading: what is written in between is seen the next time. */
  async #stampOf(): Promise<string> {
    const { certFile, keyFile, caFile } = this.#files;
    const stamps = await Promise.all(
      [certFile, keyFile, caFile].map(async (file) => {
        if (file === undefined) return "";
        const { ino, size, mtimeMs } = await stat(file).catch((cause) => {
          throw unreadable(file, cause);
        });
        return `${ino} ${size} ${mtimeMs}`;
      }),
    );
    return stamps.join("\n");
  }

  #contextOf(cert: Buffer | undefined, key: Buffer | undefined, ca: Buffer | undefined): SecureContext {
    const { certFile, keyFile, caFile } = this.#files;
    try {
      return createSecureContext({
        minVersion: MIN_VERSION,
        ...(cert === undefined ? {} : { cert }),
        ...(key === undefined ? {} : { key }),
        ...(ca === undefined ? {} : { ca }),
      });
    } catch (cause) {
      const files = [certFile, keyFile, caFile].filter((file) => file !== undefined).join(", ");
      throw new Error(`${files}: no certificates that fit together: ${messageOf(cause)}`, { cause });
    }
  }
}

async function readPem(file: string | undefined): Promise<Buffer | undefined> {
  if (file === undefined) return undefined;
  return readFile(file).catch((cause) => {
    throw unreadable(file, cause);
  });
}

function unreadable(file: string, cause: unknown): Error {
  return new Error(`${file}: cannot be read: ${messageOf(cause)}`, { cause });
}

function checkValidity(cert: Buffer, file: string): void {
  let validTo: string;
  try {
    ({ validTo } = new X509Certificate(cert));
  } catch (cause) {
    throw new Error(`${file}: not a certificate in PEM form`, { cause });
  }
  if (Date.parse(validTo) < Date.now()) throw new Error(`${file}: the certificate expired on ${validTo}`);
}
