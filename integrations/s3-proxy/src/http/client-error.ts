import { randomBytes } from 'node:crypto'
import type { Duplex } from 'node:stream'
import { S3Error } from '../error.ts'
import { errorXml } from './listener.ts'

/** Answers what is not even an HTTP request, as S3 would: headers too large, or malformed. */
export function answerClientError(error: Error & { readonly code?: string }, socket: Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const failure =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? new S3Error('RequestHeaderSectionTooLarge', 'expected less than 32 KiB of headers')
      : new S3Error('InvalidRequest', 'expected a well-formed HTTP/1.1 request')
  const body = errorXml(failure, '', randomBytes(8).toString('hex').toUpperCase())
  const head = [
    `HTTP/1.1 ${failure.status} Bad Request`,
    'content-type: application/xml',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}
