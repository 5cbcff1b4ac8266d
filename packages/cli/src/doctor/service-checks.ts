import { apiClient } from '@hufu/sdk'
import { isHufuError, sha256Hex, signSigV4 } from '@hufu/wire'
import type { SystemCredentials } from '../system/credentials-file.ts'
import type { Finding } from './diagnose.ts'

const PATIENCE = 3_000
/** Milliseconds; the server refuses signatures five minutes off. */
const SKEW_MAX = 60_000

const get = (url: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(url, { headers, signal: AbortSignal.timeout(PATIENCE) })

export async function checkKms({ kmsEndpoint }: SystemCredentials): Promise<Finding> {
  const check = 'kms'
  try {
    const { status } = await get(`${kmsEndpoint}/readyz`)
    if (status === 200) return { check, saw: `ready at ${kmsEndpoint}` }
    const fault = `not ready at ${kmsEndpoint}: its store, token or audit does not answer`
    return { check, fault, hint: `see its log, and ${kmsEndpoint}/readyz` }
  } catch {
    return { check, fault: `no answer from ${kmsEndpoint}`, hint: 'start it with: hufu up' }
  }
}

export async function checkClock({ kmsEndpoint }: SystemCredentials): Promise<Finding> {
  const check = 'clock'
  try {
    const { headers } = await get(`${kmsEndpoint}/healthz`)
    const skew = Math.abs(Date.now() - Date.parse(headers.get('date') ?? ''))
    if (skew <= SKEW_MAX) return { check, saw: 'agrees with the KMS' }
    const fault = `${Math.round(skew / 1000)} s between this clock and that of the KMS`
    return { check, fault, hint: 'set the clock: signatures more than five minutes off are refused' }
  } catch {
    return { check, fault: 'not compared: the KMS does not answer', hint: 'start it with: hufu up' }
  }
}

export async function checkCredentials(system: SystemCredentials): Promise<Finding> {
  const check = 'credentials'
  const { kmsEndpoint: endpoint, region, accessKeyId } = system
  const api = apiClient({ wire: 'tencent', endpoint, region, credentials: system, deadline: PATIENCE })
  try {
    await api.call('ListKeys', { Limit: 1 })
    return { check, saw: `${accessKeyId} is accepted` }
  } catch (error) {
    if (isHufuError(error)) return { check, fault: error.message, hint: error.hint }
    throw error
  } finally {
    await api.close()
  }
}

export async function checkS3({ s3Endpoint, ...system }: SystemCredentials): Promise<Finding> {
  const check = 's3'
  if (s3Endpoint === undefined) return { check, saw: 'not run by this system' }
  try {
    const headers = { host: new URL(s3Endpoint).host }
    const request = { method: 'GET', path: '/', query: '', headers, payloadHash: sha256Hex('') }
    const signature = signSigV4(request, system, { region: system.region, service: 's3', at: Date.now() })
    const { status } = await get(s3Endpoint, signature)
    if (status === 200) return { check, saw: `answers at ${s3Endpoint}` }
    return { check, fault: `HTTP status ${status} from ${s3Endpoint}`, hint: 'see its log, and: hufu audit list' }
  } catch {
    return { check, fault: `no answer from ${s3Endpoint}`, hint: 'start it with: hufu up' }
  }
}
