import { type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'

/** Milliseconds in which an issuer must answer. */
export const ANSWER_WITHIN = 5_000
/** Bytes of a document. */
const DOCUMENT_MAX = 262_144

/**
 * A JSON document of an issuer. Follows no redirect, waits no longer than it must, and reads no more than a document may
 * have. `ca`: PEM of the authorities that its certificate may be of, those of Node when absent. Rejects when there is none.
 */
export async function fetchDocument(url: string, ca?: readonly string[]): Promise<Response> {
  const answer = await ask(url, ca)
  const { statusCode = 0 } = answer
  if (statusCode < 200 || statusCode > 299) {
    answer.destroy()
    throw new TypeError(`expected a document, received status ${statusCode}`)
  }
  return new Response(await limited(answer), { status: 200, headers: { 'content-type': 'application/json' } })
}

function ask(url: string, ca: readonly string[] | undefined): Promise<IncomingMessage> {
  const send = new URL(url).protocol === 'https:' ? requestHttps : requestHttp
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(ANSWER_WITHIN)
    const trust = ca === undefined ? {} : { ca: [...ca] }
    send(url, { agent: false, headers: { accept: 'application/json' }, signal, ...trust })
      .once('response', resolve)
      .on('error', reject)
      .end()
  })
}

async function limited(answer: IncomingMessage): Promise<string> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of answer) {
    size += part.length
    if (size > DOCUMENT_MAX) throw new RangeError(`expected a document of at most ${DOCUMENT_MAX} bytes`)
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}
