import type { ServerResponse } from 'node:http'
import { S3Error } from '../error.ts'
import type { Answer } from '../operations/operation.ts'
import type { Body } from '../store/object-store.ts'

/** Sends an answer. Rejects when its body fails, or when the client is gone; the response is then not ended. */
export async function send(response: ServerResponse, answer: Answer): Promise<void> {
  for (const [name, value] of Object.entries(answer.headers ?? {})) {
    if (value !== undefined) response.setHeader(name, value)
  }
  response.statusCode = answer.status
  if (answer.body === undefined) {
    if (answer.status === 200 && !response.hasHeader('content-length')) response.setHeader('content-length', 0)
    response.end()
  } else if (typeof answer.body === 'string') {
    response.setHeader('content-type', 'application/xml')
    response.setHeader('content-length', Buffer.byteLength(answer.body))
    response.end(answer.body)
  } else await stream(response, answer.body)
}

/** Writes while the next chunk is made; a chunk is left alone until it is written. */
async function stream(response: ServerResponse, body: Body): Promise<void> {
  let written: Promise<void> = Promise.resolve()
  for await (const chunk of body) {
    await written
    written = write(response, chunk)
    written.catch(() => {})
  }
  await written
  response.end()
}

function write(response: ServerResponse, chunk: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    if (response.destroyed) {
      reject(clientGone())
      return
    }
    const onClose = () => reject(clientGone())
    response.once('close', onClose)
    response.write(chunk, (error) => {
      response.off('close', onClose)
      if (error) reject(clientGone())
      else resolve()
    })
  })
}

const clientGone = (): S3Error =>
  new S3Error('RequestTimeout', 'the client went away, or read nothing for too long, before the end of the answer')
