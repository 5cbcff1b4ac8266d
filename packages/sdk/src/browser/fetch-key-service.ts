import { fromBase64, toBase64 } from './bytes.ts'
import type { BrowserRegion } from './data-key.ts'
import { type BrowserCredentials, signedHeaders } from './sigv4.ts'

export interface FetchKeyServiceOptions {
  /** Of the KMS, or of a proxy in front of it on the page's own origin, which must pass the host on. */
  readonly endpoint: string
  readonly region: string
  /** Short-lived ones: whatever a page knows, its visitor knows. */
  readonly credentials: BrowserCredentials | (() => Promise<BrowserCredentials>)
}

/** What a KMS refused, or `Unavailable` when it did not answer. */
export class KeyServiceError extends Error {
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.name = 'KeyServiceError'
    this.code = code
  }
}

/** A KMS by AWS's wire, over `fetch`. */
export function fetchKeyService(options: FetchKeyServiceOptions): BrowserRegion['keys'] {
  const call = (action: string, parameters: object): Promise<Answer> => post(options, action, parameters)
  return {
    async encrypt({ keyId, plaintext, context }) {
      const answer = await call('Encrypt', { KeyId: keyId, Plaintext: toBase64(plaintext), EncryptionContext: context })
      return { keyId: answer.KeyId, ciphertext: fromBase64(answer.CiphertextBlob) }
    },
    async decrypt({ keyId, ciphertext, context }) {
      const parameters = { KeyId: keyId, CiphertextBlob: toBase64(ciphertext), EncryptionContext: context }
      const answer = await call('Decrypt', parameters)
      return { keyId: answer.KeyId, plaintext: fromBase64(answer.Plaintext) }
    },
    async generateDataKey({ keyId, numberOfBytes, context }) {
      const parameters = { KeyId: keyId, NumberOfBytes: numberOfBytes, EncryptionContext: context }
      const { KeyId, Plaintext, CiphertextBlob } = await call('GenerateDataKey', parameters)
      return { keyId: KeyId, plaintext: fromBase64(Plaintext), ciphertext: fromBase64(CiphertextBlob) }
    },
  }
}

interface Answer {
  readonly KeyId: string
  readonly Plaintext: string
  readonly CiphertextBlob: string
}

async function post({ endpoint, region, credentials }: FetchKeyServiceOptions, action: string, parameters: object) {
  const url = new URL(endpoint)
  const body = JSON.stringify(parameters)
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `TrentService.${action}` }
  const own = typeof credentials === 'function' ? await credentials() : credentials
  const signed = await signedHeaders({ url, region, headers, body, at: Date.now() }, own)
  const response = await fetch(url, { method: 'POST', headers: signed, body }).catch((error) => {
    throw new KeyServiceError('Unavailable', `no answer from ${url.host}: ${String(error)}`)
  })
  const answer = (await response.json().catch(() => ({}))) as Record<string, string>
  if (response.ok) return answer as unknown as Answer
  const { code, __type = 'Unavailable', message = `HTTP status ${response.status}` } = answer
  throw new KeyServiceError(String(code ?? __type), String(message))
}
