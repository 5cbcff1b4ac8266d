import { randomUUID } from 'node:crypto'
import { type ErrorCode, errorCatalogue, HufuError, sha256Hex, signSigV4 } from '@hufu/wire'
import { z } from 'zod'
import { askOnce } from '../system/ask-once.ts'
import type { SystemOptions } from '../system/connect.ts'
import { findSystem } from '../system/find-system.ts'

/** Parameters of AWS's query protocol; what is undefined is left out. */
export type IamParameters = Readonly<Record<string, string | undefined>>

/** Milliseconds for one action. */
const PATIENCE = 30_000

const refusal = z.object({ Error: z.object({ Message: z.string() }), code: z.string() })

/** One action of IAM on the running system. Throws `HufuError`. */
export async function iamCall(
  options: SystemOptions,
  action: string,
  parameters: IamParameters = {},
): Promise<Record<string, unknown>> {
  const system = await findSystem(options)
  const given = Object.entries({ Action: action, Version: '2010-05-08', ...parameters })
  const form = new URLSearchParams(given.filter((pair): pair is [string, string] => pair[1] !== undefined)).toString()
  const headers = {
    host: new URL(system.kmsEndpoint).host,
    'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
    accept: 'application/json',
    'amz-sdk-invocation-id': randomUUID(),
  }
  const request = { method: 'POST', path: '/', query: '', headers, payloadHash: sha256Hex(form) }
  const signed = signSigV4(request, system, { region: system.region, service: 'iam', at: Date.now() })
  const { status, body } = await askOnce({
    endpoint: system.kmsEndpoint,
    ca: system.trust,
    request: { method: 'POST', path: '/', headers: { ...headers, ...signed }, body: form },
    patience: PATIENCE,
  })
  const answer: unknown = JSON.parse(body.toString())
  if (status === 200) return answer as Record<string, unknown>
  const { Error: told, code } = refusal.parse(answer)
  throw new HufuError(code in errorCatalogue ? (code as ErrorCode) : 'Internal', told.Message)
}

/** The whole of a list that comes in pages. */
export async function iamList(
  options: SystemOptions,
  action: string,
  field: string,
  parameters: IamParameters = {},
): Promise<readonly Record<string, unknown>[]> {
  const items: Record<string, unknown>[] = []
  for (let marker: string | undefined; ; ) {
    const answer = await iamCall(options, action, { ...parameters, Marker: marker })
    items.push(...(answer[field] as Record<string, unknown>[]))
    if (answer.IsTruncated !== true) return items
    marker = String(answer.Marker)
  }
}
