import {
  type Authority,
  HufuError,
  isHufuError,
  parseSigV4,
  type SignableRequest,
  type Signer,
  SigV4ChunkChain,
  type SigV4Claim,
  verifySigV4,
} from '@hufu/wire'
import { S3Error } from '../error.ts'
import { header, type S3Request } from './s3-request.ts'

/** Who sent a request, proven; and what its signature says about the body. */
export interface Authenticated {
  readonly signer: Signer
  /** Hex SHA-256 of the body, or the literal that stands for it. */
  readonly payloadHash: string
  /** Checks the chunks of a body that is signed chunk by chunk. */
  readonly chunks: SigV4ChunkChain
}

/** Throws `AccessDenied` for a request that is not signed, and the S3 error of what is wrong with a signature. */
export async function authenticate(request: S3Request, authority: Authority, region: string): Promise<Authenticated> {
  const claim = claimOf(request)
  checkScope(claim, region)
  const signer = await authority.signer(claim.accessKeyId, claim.scope, claim.securityToken, request.origin)
  if (signer === null) throw new S3Error('InvalidAccessKeyId', 'there is no active access key of this id')
  const payloadHash = payloadHashOf(request, claim)
  verify({ ...signable(request), payloadHash }, claim, signer)
  return { signer, payloadHash, chunks: new SigV4ChunkChain(claim, signer.signingKey) }
}

const signable = ({ method, rawPath, rawQuery, headers }: S3Request): Omit<SignableRequest, 'payloadHash'> => ({
  method,
  path: rawPath,
  query: rawQuery,
  headers,
})

function claimOf(request: S3Request): SigV4Claim {
  const presigned = request.query.has('X-Amz-Algorithm')
  try {
    const claim = parseSigV4({ query: request.rawQuery, headers: request.headers })
    if (claim !== null) return claim
  } catch (error) {
    if (!isHufuError(error, 'InvalidAuthorization')) throw error
    const code = presigned ? 'AuthorizationQueryParametersError' : 'AuthorizationHeaderMalformed'
    throw new S3Error(code, error.message, { cause: error })
  }
  throw new S3Error('AccessDenied', 'expected a request signed with AWS Signature Version 4')
}

function checkScope({ scope }: SigV4Claim, region: string): void {
  if (scope.service !== 's3' || scope.region !== region)
    throw new S3Error(
      'AuthorizationHeaderMalformed',
      `expected a signature for s3 in region ${region}, received one for ${scope.service} in ${scope.region}`,
    )
}

function payloadHashOf(request: S3Request, claim: SigV4Claim): string {
  const hash = header(request, 'x-amz-content-sha256') ?? (claim.form === 'presigned' ? 'UNSIGNED-PAYLOAD' : undefined)
  if (hash === undefined) throw new S3Error('InvalidRequest', 'expected a header x-amz-content-sha256')
  return hash
}

function verify(request: SignableRequest, claim: SigV4Claim, signer: Signer): void {
  try {
    verifySigV4(request, claim, signer.signingKey, Date.now())
  } catch (error) {
    if (claim.form === 'presigned' && error instanceof HufuError && error.code === 'SignatureExpired')
      throw new S3Error('AccessDenied', 'the presigned URL has expired', { cause: error })
    throw error
  }
}
