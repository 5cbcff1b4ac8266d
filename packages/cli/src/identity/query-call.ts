import { randomUUID } from 'node:crypto'
import { type HttpAnswer, retrying } from '@hufu/sdk'
import { type ErrorCode, errorCatalogue, HufuError, sha256Hex, signSigV4 } from '@hufu/wire'
import { z } from 'zod'
import { askOnce } from '../system/ask-once.ts'
import type { System } from '../system/find-system.ts'

/** Parameters of AWS's query protocol; what is undefined is left out. */
export type QueryParameters = Readonly<Record<string, string | undefined>>

/** Milliseconds for one action. */
const PATIENCE = 30_000

const versions = { iam: '2010-05-08', sts: '2011-06-15' } as const

const refusal = z.object({ Error: z.object({ Message: z.string() }), code: z.string() })

/** One action of AWS's query protocol on a system; who asks too often waits for its turn. Throws `HufuError`. */
export function queryCall(
  system: System,
  service: keyof typeof versions,
  action: string,
  parameters: QueryParameters = {},
): Promise<Record<string, unknown>> {
  const given = Object.entries({ Action: action, Version: versions[service], ...parameters })
  const form = new URLSearchParams(given.filter((pair): pair is [string, string] => pair[1] !== undefined)).toString()
  const invocation = randomUUID()
  return retrying({ attempts: 1, waits: true, deadline: PATIENCE }, async () => {
    const headers = headersOf(system, service, form, invocation)
    const request = { method: 'POST', path: '/', headers, body: form } as const
    const { kmsEndpoint: endpoint, trust: ca, certificate } = system
    return readAnswer(await askOnce({ endpoint, ca, certificate, request, patience: PATIENCE }))
  })
}

function readAnswer({ status, body }: HttpAnswer): Record<string, unknown> {
  const answer: unknown = JSON.parse(body.toString())
  if (status === 200) return answer as Record<string, unknown>
  const { Error: told, code } = refusal.parse(answer)
  throw new HufuError(code in errorCatalogue ? (code as ErrorCode) : 'Internal', told.Message)
}

/** Signed, unless a client certificate is the proof. */
function headersOf(system: System, service: string, form: string, invocation: string) {
  const { kmsEndpoint, region, credentials, certificate } = system
  const headers = {
    host: new URL(kmsEndpoint).host,
    'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
    accept: 'application/json',
    'amz-sdk-invocation-id': invocation,
  }
  if (certificate !== undefined || credentials === undefined) return headers
  const request = { method: 'POST', path: '/', query: '', headers, payloadHash: sha256Hex(form) }
  return { ...headers, ...signSigV4(request, credentials, { region, service, at: Date.now() }) }
}
