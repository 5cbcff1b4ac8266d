import { createHash } from 'node:crypto'
import type { AuditSink } from './audit-sink.ts'
import { HttpSink } from './http-sink.ts'
import { StreamSink } from './stream-sink.ts'
import { UdpSink } from './udp-sink.ts'

/** The sink of a URL: udp, tcp and tls for syslog, http and https for JSON lines. Opens nothing yet. Throws `TypeError`. */
export function openSink(text: string, ca?: string): AuditSink {
  const url = new URL(text)
  const name = nameOf(url)
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

/** A query may hold a secret, and may be all that tells two sinks apart: it is named by its hash. */
function nameOf({ protocol, host, pathname, search }: URL): string {
  const query = search === '' ? '' : `?${createHash('sha256').update(search).digest('hex').slice(0, 8)}`
  return `${protocol}//${host}${pathname === '/' ? '' : pathname}${query}`
}
