import type { AddressInfo } from 'node:net'
import { connect } from 'node:net'
import { pipeline } from 'node:stream'
import { createServer, type TLSSocket } from 'node:tls'
import { selfSigned } from './self-signed.ts'

export interface TlsFront {
  readonly port: number
  /** PEM of the certificate, for `localhost`. */
  readonly certificate: string
  close(): Promise<void>
}

/** More than two pipelines add to a socket. */
const LISTENERS_MAX = 20

/** Ends TLS in front of a server on this machine, with a certificate of its own, and changes nothing that goes through. */
export async function tlsFront(port: number): Promise<TlsFront> {
  const { key, certificate } = await selfSigned()
  const open = new Set<TLSSocket>()
  const server = createServer({ key, cert: certificate }, (socket) => {
    open.add(socket)
    socket.on('close', () => open.delete(socket))
    const inner = connect(port, '127.0.0.1')
    // Two pipelines listen for one end eleven times, once for each connection: nothing leaks.
    socket.setMaxListeners(LISTENERS_MAX)
    // An end of either side ends both: what went wrong is the client's to see.
    pipeline(socket, inner, () => {})
    pipeline(inner, socket, () => {})
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  return {
    port: (server.address() as AddressInfo).port,
    certificate,
    async close() {
      for (const socket of open) socket.destroy()
      await new Promise((closed) => server.close(closed))
    },
  }
}
