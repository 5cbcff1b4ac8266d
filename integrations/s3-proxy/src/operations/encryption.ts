import { S3Error } from '../error.ts'
import { header, type S3Request } from '../http/s3-request.ts'

const SSE = 'x-amz-server-side-encryption'

/** The KMS key that a request wants its object under. Throws `NotImplemented` for what is not honoured, rather than ignore it. */
export function keyNameOf(request: S3Request, defaultKey: string): string {
  refuseCustomerKeys(request)
  const kind = header(request, SSE)
  const keyId = header(request, `${SSE}-aws-kms-key-id`)
  if (header(request, `${SSE}-context`) !== undefined)
    throw new S3Error('NotImplemented', 'an encryption context of the client is not supported')
  if (kind !== undefined && kind !== 'AES256' && kind !== 'aws:kms')
    throw new S3Error('NotImplemented', `expected ${SSE} to be AES256 or aws:kms, received ${kind}`)
  if (keyId !== undefined && kind !== 'aws:kms')
    throw new S3Error('InvalidArgument', `expected ${SSE}: aws:kms beside a key id`)
  return keyId ?? defaultKey
}

/** SSE-C, on the object itself or on a copy's source. */
export function refuseCustomerKeys(request: S3Request): void {
  for (const name of Object.keys(request.headers)) {
    if (name.includes('server-side-encryption-customer-'))
      throw new S3Error('NotImplemented', 'keys given by the client (SSE-C) are not supported')
  }
}

/** Tells clients under which key the object is, and that its ETag is no MD5. */
export const encryptionHeaders = (cmk: string | null): Record<string, string> => ({
  [SSE]: 'aws:kms',
  ...(cmk === null ? {} : { [`${SSE}-aws-kms-key-id`]: cmk }),
})
