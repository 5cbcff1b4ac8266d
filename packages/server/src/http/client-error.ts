import type { Socket } from 'node:net'
import { HufuError } from '@hufu/wire'
import type { Api } from '../api/api.ts'
import { type Received, received } from '../request/received.ts'
import { HEADER_LIMIT } from './limits.ts'

interface Fault {
  readonly status: string
  readonly expected: string
}

const LATE: Fault = { status: '408 Request Timeout', expected: 'a whole request in time' }
const TOO_LARGE: Fault = {
  status: '431 Request Header Fields Too Large',
  expected: `headers of at most ${HEADER_LIMIT} bytes`,
}
const NOT_HTTP: Fault = { status: '400 Bad Request', expected: 'a request that HTTP allows' }

const faults: Readonly<Record<string, Fault>> = { ERR_HTTP_REQUEST_TIMEOUT: LATE, HPE_HEADER_OVERFLOW: TOO_LARGE }

/**
 * Answers what never became a request, after it is in the audit, and closes the connection. Who only opened one and
 * sent nothing asked nothing.
 */
export function refuseBroken(api: Api) {
  const refused = new WeakSet<Socket>()
  return (error: NodeJS.ErrnoException, socket: Socket): void => {
    // What comes after it is as broken.
    if (refused.has(socket)) return
    refused.add(socket)
    if (error.code === 'ECONNRESET' || !socket.writable || socket.bytesRead === 0) return void socket.destroy()
    const { status, expected } = faults[error.code ?? ''] ?? NOT_HTTP
    const why = new HufuError('MalformedRequest', `expected ${expected}, received ${error.code}`)
    void api.refuse(nothingOf(socket), why).then(({ contentType, body }) => {
      if (!socket.writable) return
      const head = `content-type: ${contentType}\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close`
      socket.end(`HTTP/1.1 ${status}\r\n${head}\r\n\r\n${body}`, () => socket.destroy())
    })
  }
}

/** What is known of a request that can't be read. */
const nothingOf = (socket: Socket): Received => received({ socket, url: '/', method: '', headers: {} }, Buffer.alloc(0))
