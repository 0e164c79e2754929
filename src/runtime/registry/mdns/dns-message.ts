/**
 * The part of DNS (RFC 1035, 2782, 3596) that go-micro's mDNS uses. Names are written without the last dot and keep
 * their case, as go-micro compares them.
 */
export interface DnsMessage {
  readonly id: number;
  readonly isResponse: boolean;
  readonly isAuthoritative: boolean;
  /** 0 for everything mDNS sends. */
  readonly opcode: number;
  /** 0: no error. */
  readonly rcode: number;
  readonly questions: readonly DnsQuestion[];
  readonly answers: readonly DnsRecord[];
  /** Read like answers; we never write any. The authority section is neither read nor written. */
  readonly additionals: readonly DnsRecord[];
}

export interface DnsQuestion {
  readonly name: string;
  /** A value of {@link DNS_TYPES}, or another. */
  readonly type: number;
  /** The QU bit: the asker would like the answer sent to it alone. */
  readonly wantsUnicast: boolean;
}

export type DnsRecord = {
  readonly name: string;
  readonly ttlSeconds: number;
} & (
  | { readonly type: "A" | "AAAA"; readonly address: string }
  | { readonly type: "PTR"; readonly target: string }
  | {
      readonly type: "SRV";
      readonly priority: number;
      readonly weight: number;
      readonly port: number;
      readonly target: string;
    }
  | { readonly type: "TXT"; readonly strings: readonly Buffer[] }
);

export const DNS_TYPES = { A: 1, PTR: 12, TXT: 16, AAAA: 28, SRV: 33, ANY: 255 } as const;

export const CLASS_IN = 1;

/** Longest name, in bytes, without the last dot (RFC 1035 counts lengths and the root: 255). */
export const MAX_NAME_BYTES = 253;
export const MAX_LABEL_BYTES = 63;
