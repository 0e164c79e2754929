/** Who we are to our callers, and who may call. All are paths of PEM files. */
export interface ServerTls {
  /** Our certificate, followed by the authorities between it and the root. */
  readonly certFile: string;
  readonly keyFile: string;
  /** Given, a caller must show a certificate that one of these authorities signed. */
  readonly clientCaFile?: string | undefined;
}

/** Whom we believe, and who we are to those we call. All are paths of PEM files. */
export interface ClientTls {
  /** Authorities of the services' certificates. Default: those that Node knows. */
  readonly caFile?: string | undefined;
  readonly certFile?: string | undefined;
  readonly keyFile?: string | undefined;
  /** Takes any certificate of anybody: encrypts, but does not tell whom one talks to. `onProblem` is told. */
  readonly insecureSkipVerify?: boolean | undefined;
}

/** Settings of `createTlsTransport`. */
export interface TlsTransportOptions {
  /** Without it, `listen` is refused. */
  readonly server?: ServerTls | undefined;
  readonly client?: ClientTls | undefined;
  /** How often the files are looked at for new certificates. Default 5000. */
  readonly reloadIntervalMs?: number | undefined;
  /** Open connections one listener holds at most; more are closed at once. Default 10000. */
  readonly maxConnections?: number | undefined;
  /** Told one line when new files cannot be used; the old certificates stay in use. Default: nobody. */
  readonly onProblem?: ((line: string) => void) | undefined;
}

export const RELOAD_INTERVAL_MS = 5000;
