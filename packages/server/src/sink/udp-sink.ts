import { createSocket, type Socket } from 'node:dgram'
import { isIPv6 } from 'node:net'
import { type AuditSink, hostOf, portOf } from './audit-sink.ts'
import { syslogMessage } from './syslog-message.ts'

/** What fits in a datagram; what is longer is cut, as RFC 5426 section 3.2 lets it be. */
const OCTETS_MAX = 65_000

/** Syslog over UDP (RFC 5426): nobody tells when a datagram is lost on its way. */
export class UdpSink implements AuditSink {
  readonly name: string
  readonly #url: URL
  #socket: Socket | null = null

  constructor(name: string, url: URL) {
    this.name = name
    this.#url = url
  }

  async send(texts: readonly string[]): Promise<void> {
    const host = hostOf(this.#url)
    this.#socket ??= open(host)
    for (const text of texts) await sendOne(this.#socket, syslogMessage(text), portOf(this.#url, 514), host)
  }

  close(): void {
    const socket = this.#socket
    this.#socket = null
    socket?.close()
  }
}

/** An error of a socket that is not connected comes with the datagram that it is of. */
const open = (host: string): Socket =>
  createSocket(isIPv6(host) ? 'udp6' : 'udp4')
    .on('error', () => {})
    .unref()

async function sendOne(socket: Socket, message: Buffer, port: number, host: string): Promise<void> {
  let closed = () => {}
  try {
    await new Promise<void>((sent, failed) => {
      closed = () => failed(new Error('closed'))
      socket.once('close', closed)
      socket.send(message.subarray(0, OCTETS_MAX), port, host, (error) => (error === null ? sent() : failed(error)))
    })
  } finally {
    socket.off('close', closed)
  }
}
