/** What OpenSSL and Node call the reasons not to believe a certificate. */
const DOUBTS = /^(CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|INVALID_CA|INVALID_PURPOSE|HOSTNAME_MISMATCH|ERR_TLS_CERT_)/

/** The code of the reason why a server's certificate was not believed; null when a request failed by something else. */
export function certificateDoubt(failure: unknown): string | null {
  const code = failure instanceof Error && 'code' in failure ? failure.code : undefined
  return typeof code === 'string' && DOUBTS.test(code) ? code : null
}
