import { randomUUID } from 'node:crypto'
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

/** One action of AWS's query protocol on a system. Throws `HufuError`. */
export async function queryCall(
  system: System,
  service: keyof typeof versions,
  action: string,
  parameters: QueryParameters = {},
): Promise<Record<string, unknown>> {
  const given = Object.entries({ Action: action, Version: versions[service], ...parameters })
  const form = new URLSearchParams(given.filter((pair): pair is [string, string] => pair[1] !== undefined)).toString()
  const { status, body } = await askOnce({
    endpoint: system.kmsEndpoint,
    ca: system.trust,
    certificate: system.certificate,
    request: { method: 'POST', path: '/', headers: headersOf(system, service, form), body: form },
    patience: PATIENCE,
  })
  const answer: unknown = JSON.parse(body.toString())
  if (status === 200) return answer as Record<string, unknown>
  const { Error: told, code } = refusal.parse(answer)
  throw new HufuError(code in errorCatalogue ? (code as ErrorCode) : 'Internal', told.Message)
}

/** Signed, unless a client certificate is the proof. */
function headersOf({ kmsEndpoint, region, credentials, certificate }: System, service: string, form: string) {
  const headers = {
    host: new URL(kmsEndpoint).host,
    'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
    accept: 'application/json',
    'amz-sdk-invocation-id': randomUUID(),
  }
  if (certificate !== undefined || credentials === undefined) return headers
  const request = { method: 'POST', path: '/', query: '', headers, payloadHash: sha256Hex(form) }
  return { ...headers, ...signSigV4(request, credentials, { region, service, at: Date.now() }) }
}
