import { HufuError, isHufuError } from '@hufu/wire'
import type { Connection, HttpRequest } from '../http/connection.ts'
import { retrying } from '../http/retry.ts'

interface Line {
  readonly connection: Connection
  readonly attempts: number
  readonly deadline: number
}

interface Call {
  readonly changes: boolean
  readonly signal?: AbortSignal | undefined
}

/**
 * One call: a fresh request for every try, because each needs a signature of its own time. Throws
 * `HufuError`, `Unavailable` for what went wrong between here and the service, or the signal's reason.
 */
export function exchange<T>(
  { connection, attempts, deadline }: Line,
  { changes, signal: caller }: Call,
  request: () => Promise<HttpRequest>,
  read: (status: number, body: Buffer) => T,
): Promise<T> {
  const options = { attempts: changes ? 1 : attempts, waits: attempts > 1, deadline, signal: caller }
  return retrying(options, async (signal) => {
    const next = await request()
    const { status, body } = await connection.send(next, signal)
    return readable(status, body, read)
  })
}

function readable<T>(status: number, body: Buffer, read: (status: number, body: Buffer) => T): T {
  try {
    return read(status, body)
  } catch (cause) {
    if (isHufuError(cause) && cause.code !== 'MalformedRequest') throw cause
    throw new HufuError('Unavailable', `expected an answer of a KMS, received HTTP status ${status}`, { cause })
  }
}
