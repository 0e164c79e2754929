const UNTRUSTED =
  "its certificate is signed by nobody we trust; name the authority's certificate with --client_tls_ca_file";

/** Codes of node:tls and OpenSSL, and what to do about them. */
const EXPLANATIONS: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  CERT_SIGNATURE_FAILURE: UNTRUSTED,
  CERT_HAS_EXPIRED: "its certificate has expired",
  CERT_NOT_YET_VALID: "its certificate is not valid yet; compare the clocks",
  CERT_REVOKED: "its certificate was revoked",
  ERR_SSL_WRONG_VERSION_NUMBER: "it does not speak TLS",
  ERR_SSL_PACKET_LENGTH_TOO_LONG: "it does not speak TLS",
  ERR_SSL_UNSUPPORTED_PROTOCOL: "it speaks no TLS from 1.2 on",
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: "it speaks no TLS from 1.2 on",
  ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL: "it speaks TLS, but not our protocol (ALPN)",
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED:
    "it demands a certificate of us: --client_tls_cert_file and --client_tls_key_file",
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: "it does not trust the authority of our certificate",
};

/**
 * Puts what to do in the place of what OpenSSL says. In the error itself: with TLS 1.3 a server refuses our certificate
 * only after the handshake, and whoever then holds the connection knows nothing of TLS.
 */
export function explainTls(error: NodeJS.ErrnoException): void {
  const explanation = EXPLANATIONS[error.code ?? ""];
  if (explanation !== undefined) error.message = explanation;
}
