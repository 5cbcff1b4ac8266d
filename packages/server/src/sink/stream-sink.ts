import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { type AuditSink, hostOf, portOf, SINK_PATIENCE } from './audit-sink.ts'
import { octetCounted, syslogMessage } from './syslog-message.ts'

/**
 * Syslog over TCP (RFC 6587) or TLS (RFC 5425), by octet counting. The protocol has no acknowledgement: what left this
 * host counts as sent.
 */
export class StreamSink implements AuditSink {
  readonly name: string
  readonly #url: URL
  readonly #ca: string | undefined
  #socket: Socket | null = null

  /** `ca` in PEM: the only CA that a TLS peer may be of; those of Node when undefined. */
  constructor(name: string, url: URL, ca?: string) {
    this.name = name
    this.#url = url
    this.#ca = ca
  }

  async send(texts: readonly string[]): Promise<void> {
    const socket = await this.#open()
    await done(socket, (told) => {
      socket.write(Buffer.concat(texts.map((text) => octetCounted(syslogMessage(text)))), told)
    })
  }

  close(): void {
    this.#socket?.destroy()
    this.#socket = null
  }

  /** The connection that there is, or a new one, whose peer is proven before anything is written. */
  async #open(): Promise<Socket> {
    if (this.#socket?.writable === true) return this.#socket
    this.close()
    const socket = this.#connect()
    this.#socket = socket
    let ready = false
    socket.setTimeout(SINK_PATIENCE, () => {
      if (!ready || socket.writableLength > 0) socket.destroy(new Error('the sink took too long'))
    })
    // A failed write tells; a peer that ends the connection is connected to again.
    socket.on('error', () => {}).on('end', () => socket.destroy())
    const event = this.#url.protocol === 'tls:' ? 'secureConnect' : 'connect'
    await done(socket, (told) => {
      socket.once(event, () => told())
    })
    ready = true
    return socket.resume()
  }

  #connect(): Socket {
    const host = hostOf(this.#url)
    if (this.#url.protocol === 'tcp:') return connectTcp({ host, port: portOf(this.#url, 601) })
    const name = isIP(host) === 0 ? { servername: host } : {}
    return connectTls({
      host,
      port: portOf(this.#url, 6514),
      minVersion: 'TLSv1.2',
      ...name,
      ...(this.#ca === undefined ? {} : { ca: this.#ca }),
    })
  }
}

/** Resolves when `act` tells so; rejects when it tells of an error, or the connection ends before. */
async function done(socket: Socket, act: (told: (error?: Error | null) => void) => void): Promise<void> {
  let ended = () => {}
  try {
    await new Promise<void>((resolve, reject) => {
      ended = () => reject(socket.errored ?? new Error('the sink ended the connection'))
      socket.once('close', ended)
      act((error) => (error ? reject(error) : resolve()))
    })
  } finally {
    socket.off('close', ended)
  }
}
