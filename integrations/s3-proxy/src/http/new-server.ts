import { createServer, type Server } from 'node:http'
import { createServer as createSecureServer, Server as SecureServer } from 'node:https'

/** In PEM. */
export interface TlsFiles {
  /** The certificate, and those between it and its CA. */
  readonly cert: string
  readonly key: string
}

/** Bytes of all headers of a request. */
const HEADERS_MAX = 32 * 1024

const options = { maxHeaderSize: HEADERS_MAX, requestTimeout: 0, noDelay: true }

/** A server that does not listen yet: HTTPS by TLS 1.2 or 1.3 with a certificate, else HTTP. */
export const newServer = (tls: TlsFiles | undefined): Server =>
  tls === undefined ? createServer(options) : createSecureServer({ ...options, ...secure(tls) })

/** New connections are served with this certificate. Throws `TypeError` when the server speaks no TLS. */
export function renewTls(server: Server, tls: TlsFiles): void {
  if (!(server instanceof SecureServer)) throw new TypeError('expected a server that speaks TLS')
  server.setSecureContext(secure(tls))
}

const secure = ({ cert, key }: TlsFiles) => ({ cert, key, minVersion: 'TLSv1.2' as const })
