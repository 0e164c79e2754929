import { generateKeyPairSync } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import forge from "node-forge";

/** What a certificate says. */
export interface Claims {
  /** DNS names. */
  readonly names?: readonly string[];
  readonly uris?: readonly string[];
  readonly addresses?: readonly string[];
  /** Milliseconds from now. Default: an hour. */
  readonly validForMs?: number;
}

/** Paths of PEM files. */
export interface Issued {
  readonly certFile: string;
  readonly keyFile: string;
}

/** A certificate authority of a test's own. */
export interface Authority {
  readonly caFile: string;
  /** Issues a certificate and writes it, with its key, below the folder; the same name again replaces the files. */
  issue(name: string, claims: Claims): Issued;
}

interface KeyPair {
  readonly privatePem: string;
  readonly publicKey: forge.pki.rsa.PublicKey;
}

/** Node's key maker: forge's own takes seconds. */
function keyPair(): KeyPair {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  return {
    privatePem: privateKey,
    publicKey: forge.pki.publicKeyFromPem(publicKey) as forge.pki.rsa.PublicKey,
  };
}

let serial = 1;
/** Making keys is what takes time; two certificates issued one after the other have different ones. */
const pool: KeyPair[] = [];

function nextKeyPair(): KeyPair {
  if (pool.length < 3) pool.unshift(keyPair());
  else pool.unshift(pool.pop() as KeyPair);
  return pool[0] as KeyPair;
}

function certificate(keys: KeyPair, subject: string, validForMs: number): forge.pki.Certificate {
  const made = forge.pki.createCertificate();
  made.publicKey = keys.publicKey;
  serial += 1;
  // DER wants no leading zero bytes.
  made.serialNumber = (0x1000_0000 + serial).toString(16);
  made.validity.notBefore = new Date(Date.now() - 24 * 3_600_000);
  made.validity.notAfter = new Date(Date.now() + validForMs);
  made.setSubject([{ name: "commonName", value: subject }]);
  return made;
}

/** Makes an authority whose files lie in `folder`. */
export function createAuthority(folder: string, name = "ca"): Authority {
  const keys = nextKeyPair();
  const signer = forge.pki.privateKeyFromPem(keys.privatePem);
  const root = certificate(keys, `${name} of a test`, 3_600_000);
  root.setIssuer(root.subject.attributes);
  root.setExtensions([
    { name: "basicConstraints", cA: true },
    { name: "keyUsage", keyCertSign: true, cRLSign: true },
  ]);
  root.sign(signer, forge.md.sha256.create());
  const caFile = join(folder, `${name}.pem`);
  writeFileSync(caFile, forge.pki.certificateToPem(root));
  return {
    caFile,
    issue(subject, { names = [], uris = [], addresses = [], validForMs = 3_600_000 }) {
      const own = nextKeyPair();
      const leaf = certificate(own, subject, validForMs);
      leaf.setIssuer(root.subject.attributes);
      leaf.setExtensions([
        { name: "keyUsage", digitalSignature: true, keyEncipherment: true },
        { name: "extKeyUsage", serverAuth: true, clientAuth: true },
        {
          name: "subjectAltName",
          altNames: [
            ...names.map((value) => ({ type: 2, value })),
            ...uris.map((value) => ({ type: 6, value })),
            ...addresses.map((ip) => ({ type: 7, ip })),
          ],
        },
      ]);
      leaf.sign(signer, forge.md.sha256.create());
      const issued = { certFile: join(folder, `${subject}.pem`), keyFile: join(folder, `${subject}.key`) };
      writeFileSync(issued.certFile, forge.pki.certificateToPem(leaf));
      writeFileSync(issued.keyFile, own.privatePem);
      return issued;
    },
  };
}
