import { type Bytes, hex, utf8 } from './bytes.ts'

export interface BrowserCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

export interface PostRequest {
  readonly url: URL
  readonly region: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** Milliseconds. */
  readonly at: number
}

/** The headers that sign a POST to a KMS by AWS Signature Version 4. */
export async function signedHeaders(request: PostRequest, credentials: BrowserCredentials) {
  const time = new Date(request.at).toISOString().replace(/[-:]|\.\d{3}/g, '')
  const { sessionToken, accessKeyId } = credentials
  const own = { 'x-amz-date': time, ...(sessionToken === undefined ? {} : { 'x-amz-security-token': sessionToken }) }
  const headers = Object.entries({ host: request.url.host, ...request.headers, ...own }).sort(([a], [b]) =>
    a < b ? -1 : 1,
  )
  const names = headers.map(([name]) => name).join(';')
  const lines = headers.map(([name, value]) => `${name}:${value.trim()}\n`).join('')
  const canonical = ['POST', request.url.pathname, '', lines, names, await sha256(request.body)].join('\n')
  const scope = `${time.slice(0, 8)}/${request.region}/kms/aws4_request`
  const text = ['AWS4-HMAC-SHA256', time, scope, await sha256(canonical)].join('\n')
  const signature = hex(await hmac(await signingKey(credentials.secretAccessKey, scope), text))
  const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`
  return { ...request.headers, ...own, authorization }
}

async function signingKey(secret: string, scope: string): Promise<Bytes> {
  let key = utf8(`AWS4${secret}`)
  for (const part of scope.split('/')) key = await hmac(key, part)
  return key
}

async function hmac(key: Bytes, text: string): Promise<Bytes> {
  const imported = await crypto.subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  return new Uint8Array(await crypto.subtle.sign('HMAC', imported, utf8(text)))
}

const sha256 = async (text: string): Promise<string> =>
  hex(new Uint8Array(await crypto.subtle.digest('SHA-256', utf8(text))))
