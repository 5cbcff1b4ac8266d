import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream'
import { createServer, type TLSSocket } from 'node:tls'
import { promisify } from 'node:util'

export interface TlsFront {
  readonly port: number
  /** PEM of the certificate, for `localhost`. */
  readonly certificate: string
  close(): Promise<void>
}

/** Ends TLS in front of a server on this machine, with a certificate of its own, and changes nothing that goes through. */
export async function tlsFront(port: number): Promise<TlsFront> {
  const { key, certificate } = await selfSigned()
  const open = new Set<TLSSocket>()
  const server = createServer({ key, cert: certificate }, (socket) => {
    open.add(socket)
    socket.on('close', () => open.delete(socket))
    const inner = connect(port, '127.0.0.1')
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

async function selfSigned(): Promise<{ key: string; certificate: string }> {
  const dir = await mkdtemp(join(tmpdir(), 'hufu-tls-'))
  try {
    const [key, certificate] = [join(dir, 'key.pem'), join(dir, 'certificate.pem')]
    const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2']
    const name = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']
    await promisify(execFile)('openssl', ['req', ...kind, ...name, '-keyout', key, '-out', certificate])
    return { key: await readFile(key, 'utf8'), certificate: await readFile(certificate, 'utf8') }
  } finally {
    await rm(dir, { recursive: true })
  }
}
