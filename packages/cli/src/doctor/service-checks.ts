import { apiClient, type HttpAnswer } from '@hufu/sdk'
import { isHufuError, sha256Hex, signSigV4 } from '@hufu/wire'
import { askOnce } from '../system/ask-once.ts'
import { httpOptions, type System } from '../system/find-system.ts'
import type { Finding } from './diagnose.ts'

const PATIENCE = 3_000
/** Milliseconds; the server refuses signatures five minutes off. */
const SKEW_MAX = 60_000

const get = (
  endpoint: string,
  path: string,
  { trust: ca }: System,
  headers: Record<string, string> = {},
): Promise<HttpAnswer> => askOnce({ endpoint, ca, request: { method: 'GET', path, headers }, patience: PATIENCE })

const START = 'start it with: hufu up'

/** What is wrong when a service gave no answer, or one that is not to be trusted. */
function unanswered(check: string, error: unknown): Finding {
  if (!isHufuError(error)) throw error
  return { check, fault: error.message, hint: error.code === 'CertificateNotTrusted' ? error.hint : START }
}

export async function checkKms(system: System): Promise<Finding> {
  const { kmsEndpoint } = system
  const check = 'kms'
  try {
    const { status } = await get(kmsEndpoint, '/readyz', system)
    if (status === 200) return { check, saw: `ready at ${kmsEndpoint}` }
    const fault = `not ready at ${kmsEndpoint}: its store, token or audit does not answer`
    return { check, fault, hint: `see its log, and ${kmsEndpoint}/readyz` }
  } catch (error) {
    return unanswered(check, error)
  }
}

export async function checkClock(system: System): Promise<Finding> {
  const check = 'clock'
  try {
    const { headers } = await get(system.kmsEndpoint, '/healthz', system)
    const skew = Math.abs(Date.now() - Date.parse(String(headers.date)))
    if (skew <= SKEW_MAX) return { check, saw: 'agrees with the KMS' }
    const fault = `${Math.round(skew / 1000)} s between this clock and that of the KMS`
    return { check, fault, hint: 'set the clock: signatures more than five minutes off are refused' }
  } catch (error) {
    const { hint = START } = unanswered(check, error)
    return { check, fault: 'not compared: the KMS does not answer', hint }
  }
}

export async function checkCredentials(system: System): Promise<Finding> {
  const check = 'credentials'
  const api = apiClient({ wire: 'tencent', ...httpOptions(system), deadline: PATIENCE })
  try {
    await api.call('ListKeys', { Limit: 1 })
    return { check, saw: `${proofOf(system)} is accepted` }
  } catch (error) {
    if (isHufuError(error)) return { check, fault: error.message, hint: error.hint }
    throw error
  } finally {
    await api.close()
  }
}

const proofOf = ({ credentials, certificate }: System): string =>
  certificate?.certificateFile ?? credentials?.accessKeyId ?? ''

export async function checkS3({ s3Endpoint, ...system }: System): Promise<Finding> {
  const check = 's3'
  if (s3Endpoint === undefined) return { check, saw: 'not run by this system' }
  try {
    const { status } = await get(s3Endpoint, '/', system, s3Headers(s3Endpoint, system))
    // Who has no access key is refused, and that is an answer too.
    if (status === (system.credentials === undefined ? 403 : 200)) return { check, saw: `answers at ${s3Endpoint}` }
    return { check, fault: `HTTP status ${status} from ${s3Endpoint}`, hint: 'see its log, and: hufu audit list' }
  } catch (error) {
    return unanswered(check, error)
  }
}

function s3Headers(endpoint: string, { credentials, region }: System): Record<string, string> {
  const headers = { host: new URL(endpoint).host }
  if (credentials === undefined) return headers
  const request = { method: 'GET', path: '/', query: '', headers, payloadHash: sha256Hex('') }
  return { ...headers, ...signSigV4(request, credentials, { region, service: 's3', at: Date.now() }) }
}
