/** What takes a secret's place. */
export const REDACTED = "[redacted]";

/** Names whose values nobody should read, wherever they stand; compared without case, dashes and underscores. */
const SECRET_NAMES = [
  "authorization",
  "cookie",
  "password",
  "passwd",
  "passphrase",
  "secret",
  "token",
  "apikey",
  "accesskey",
  "privatekey",
  "credential",
  "sessionid",
] as const;

/** Knows what must not be read in a log. */
export interface Redaction {
  /** True when the value under this name, reached by these names from the line's fields, is a secret. */
  hides(path: readonly string[]): boolean;
  /** The text without the secrets that show by their form: `Bearer ...`, `//user:password@`, `password=...`. */
  text(text: string): string;
}

/**
 * `names` add to the names that are always secret: a name counts wherever it stands (`email`), a path from the line's
 * fields on (`order.customer.phone`); `*` in a path is any one name. A name that contains a secret one is secret, too:
 * `x-api-key`, `refreshToken`.
 */
export function createRedaction(names: readonly string[] = []): Redaction {
  const own = new Set(names.filter((name) => !name.includes(".")).map(plain));
  const paths = names.filter((name) => name.includes(".")).map((path) => path.split("."));
  // Objects of the same kind have the same names again and again.
  const known = new Map<string, boolean>();
  const isSecret = (name: string): boolean => {
    let secret = known.get(name);
    if (secret === undefined) {
      const bare = plain(name);
      secret = own.has(bare) || SECRET_NAMES.some((one) => bare.includes(one));
      if (known.size < 1000) known.set(name, secret);
    }
    return secret;
  };
  return {
    hides(path) {
      const last = path.at(-1);
      if (last !== undefined && isSecret(last)) return true;
      return paths.some(
        (one) => one.length === path.length && one.every((n, i) => n === "*" || n === path[i]),
      );
    },
    text: (text) =>
      MAY_HOLD_SECRET.test(text)
        ? text
            .replace(PAIR, (_, name: string, between: string) => `${name}${between}${REDACTED}`)
            .replace(SCHEME, (_, scheme: string) => `${scheme} ${REDACTED}`)
            .replace(USER_INFO, `$1${REDACTED}@`)
            .replace(JWT, REDACTED)
        : text,
  };
}

/** Hides nothing. */
export const noRedaction: Redaction = { hides: () => false, text: (text) => text };

function plain(name: string): string {
  return name.replace(/[-_\s]/g, "").toLowerCase();
}

// Each is bounded: what is matched begins at a fixed word and goes on to the next separator, and no part can be split in two ways.
const WORDS =
  "authorization|cookie|password|passwd|passphrase|secret|token|api[-_]?key|access[-_]?key|private[-_]?key|credential|session[-_]?id";
/** `password=hunter2`, `"token": "abc"`, `cookie: a=b; c=d` up to a space, comma, quote or ampersand. */
const PAIR = new RegExp(
  `((?:${WORDS})s?)(["']?[ \\t]{0,3}[=:][ \\t]{0,3}["']?)(?!bearer |basic )[^\\s"',&}]{1,4096}`,
  "gi",
);
const SCHEME = /\b(bearer|basic)[ \t]{1,3}[\w.~+/=-]{4,4096}/gi;
/** `//user:password@host`. */
const USER_INFO = /(\/\/)[^\s/@:"']{0,256}:[^\s/@"']{1,256}@/g;
const JWT = /\beyJ[\w-]{8,4096}\.[\w-]{1,4096}\.[\w-]{0,4096}/g;
const MAY_HOLD_SECRET = new RegExp(`${WORDS}|bearer|basic|://|eyJ`, "i");
