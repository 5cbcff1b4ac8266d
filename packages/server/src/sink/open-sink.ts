import type { AuditSink } from './audit-sink.ts'
import { HttpSink } from './http-sink.ts'
import { StreamSink } from './stream-sink.ts'
import { UdpSink } from './udp-sink.ts'

/** The sink of a URL: udp, tcp and tls for syslog, http and https for JSON lines. Opens nothing yet. Throws `TypeError`. */
export function openSink(text: string, ca?: string): AuditSink {
  const url = new URL(text)
  const name = `${url.protocol}//${url.host}${url.pathname === '/' ? '' : url.pathname}`
  switch (url.protocol) {
    case 'udp:':
      return new UdpSink(name, url)
    case 'tcp:':
    case 'tls:':
      return new StreamSink(name, url, ca)
    case 'http:':
    case 'https:':
      return new HttpSink(name, url, ca)
    default:
      throw new TypeError(`expected a URL with udp, tcp, tls, http or https, received ${url.protocol}`)
  }
}
