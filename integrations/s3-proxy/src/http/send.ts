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

async function stream(response: ServerResponse, body: Body): Promise<void> {
  for await (const chunk of body) {
    if (response.destroyed) throw clientGone()
    if (!response.write(chunk)) await drained(response)
  }
  response.end()
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = () => {
      response.off('drain', onDrain)
      response.off('close', onClose)
    }
    const onDrain = () => {
      done()
      resolve()
    }
    const onClose = () => {
      done()
      reject(clientGone())
    }
    response.on('drain', onDrain)
    response.on('close', onClose)
  })
}

const clientGone = (): S3Error => new S3Error('RequestTimeout', 'the client went away before the end of the answer')
