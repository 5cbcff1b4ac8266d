import type { Socket } from 'node:net'
import { type PeerCertificate, TLSSocket } from 'node:tls'
import { alternativeNames } from './alternative-names.ts'

/** What the client's certificate says; `fault` says why the TLS layer does not believe it. */
export interface ClientCertificate {
  /** Upper-case hex. */
  readonly serial: string
  readonly uris: readonly string[]
  readonly dnsNames: readonly string[]
  /** Milliseconds since the epoch. */
  readonly from: number
  readonly to: number
  readonly fault: string | null
}

const read = new WeakMap<TLSSocket, ClientCertificate | null>()

/** Of the connection, as it was when the connection was made; null without one. */
export function clientCertificate(socket: Socket): ClientCertificate | null {
  if (!(socket instanceof TLSSocket)) return null
  const known = read.get(socket)
  if (known !== undefined) return known
  const certificate = certificateOf(socket, socket.getPeerCertificate())
  read.set(socket, certificate)
  return certificate
}

function certificateOf(socket: TLSSocket, peer: PeerCertificate): ClientCertificate | null {
  if (peer?.raw === undefined) return null
  return {
    serial: peer.serialNumber,
    ...alternativeNames(peer.subjectaltname ?? ''),
    from: Date.parse(peer.valid_from),
    to: Date.parse(peer.valid_to),
    fault: socket.authorized ? null : String(socket.authorizationError ?? 'it is not verified'),
  }
}
