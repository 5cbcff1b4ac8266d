import {
  type Action,
  CLOCK_SKEW_MAX,
  errorCatalogue,
  HufuError,
  parseSigV4,
  type SigV4Claim,
  sigV4Time,
  verifySigV4,
} from '@hufu/wire'
import { header, type Received } from '../request/received.ts'
import { jsonParameters } from '../request/text.ts'
import type { Credential, Dialect, Reply } from './dialect.ts'
import { publicMessage } from './message.ts'
import { actionNamed, namedActions } from './named-actions.ts'

const CONTENT_TYPE = 'application/x-amz-json-1.1'
const PREFIX = 'TrentService.'

/** AWS KMS, and CloudTrail: JSON 1.1 over POST, the action in `X-Amz-Target`, signed with SigV4. */
export function awsDialect(rows: readonly Action[]): Dialect {
  const named = namedActions('aws', rows)

  const actionName = (request: Received): string => {
    const target = header(request, 'x-amz-target') ?? ''
    return target.startsWith(PREFIX) ? target.slice(PREFIX.length) : target
  }

  return {
    name: 'aws',
    actionName,
    action: (request) => actionNamed('aws', named, actionName(request)),
    credential(request) {
      const claim = parseSigV4(request)
      if (claim === null) throw new HufuError('MissingAuthentication', 'expected a request signed with SigV4')
      checkClaim(claim, actionName(request))
      return credentialOf(request, claim)
    },
    parameters: (request) => jsonParameters(request.body),
    answer: ({ requestId }, answer) => reply(200, requestId, answer),
    refuse: ({ requestId }, error) => refusal(requestId, error),
  }
}

function checkClaim(claim: SigV4Claim, actionName: string): void {
  const service = /(^|\.)CloudTrail_\d+\./.test(actionName) ? 'cloudtrail' : 'kms'
  if (claim.scope.service !== service)
    throw new HufuError('InvalidAuthorization', `expected a signature for the service ${service}`)
}

export function credentialOf(request: Received, claim: SigV4Claim): Credential {
  return {
    accessKeyId: claim.accessKeyId,
    service: claim.scope.service,
    ...(claim.securityToken === undefined ? {} : { sessionToken: claim.securityToken }),
    signedHeaders: claim.signedHeaders,
    signature: claim.signature,
    goodUntil: sigV4Time(claim.timestamp) + (claim.life === undefined ? CLOCK_SKEW_MAX : claim.life * 1000),
    verify: (signer, now) => verifySigV4(request, claim, signer.sigV4Key(claim.scope), now),
  }
}

function refusal(requestId: string, error: HufuError): Reply {
  const { status, aws } = errorCatalogue[error.code]
  return reply(status, requestId, { __type: aws, message: publicMessage(error), code: error.code })
}

const reply = (status: number, requestId: string, body: unknown): Reply => ({
  status,
  contentType: CONTENT_TYPE,
  body: JSON.stringify(body),
  requestId,
})
