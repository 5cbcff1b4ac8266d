import { type ErrorCode, errorCatalogue, HufuError, parseSigV4, queryPairs } from '@hufu/wire'
import { nestedParameters } from '../request/nested-parameters.ts'
import { header, type Received } from '../request/received.ts'
import { credentialOf } from './aws.ts'
import type { Dialect, Reply } from './dialect.ts'
import { memberLists } from './member-lists.ts'
import { publicMessage } from './message.ts'
import { actionNamed, namedActions } from './named-actions.ts'
import { xml } from './xml.ts'

const SPACES: Readonly<Record<string, string>> = {
  '2010-05-08': 'https://iam.amazonaws.com/doc/2010-05-08/',
  '2011-06-15': 'https://sts.amazonaws.com/doc/2011-06-15/',
}

/** AWS's query protocol, of IAM and STS: a form over POST, answered in XML, signed with SigV4. */
export function queryDialect(): Dialect {
  const named = namedActions('query')
  return {
    name: 'query',
    actionName: (request) => given(request, 'Action') ?? '',
    action(request) {
      const version = given(request, 'Version') ?? ''
      if (SPACES[version] === undefined)
        throw new HufuError(
          'InvalidAction',
          `expected the Version of IAM, 2010-05-08, or of STS, 2011-06-15${received(version)}`,
        )
      return actionNamed('query', named, given(request, 'Action') ?? '', version)
    },
    credential(request) {
      const claim = parseSigV4(request)
      if (claim === null) throw new HufuError('MissingAuthentication', 'expected a request signed with SigV4')
      if (claim.scope.service !== 'iam' && claim.scope.service !== 'sts')
        throw new HufuError('InvalidAuthorization', 'expected a signature for the service iam or sts')
      return credentialOf(request, claim)
    },
    parameters(request) {
      const pairs = [...pairsOf(request)].filter(([name]) => name !== 'Action' && name !== 'Version')
      return memberLists(nestedParameters(pairs)) as Record<string, unknown>
    },
    answer(request, answer) {
      const action = given(request, 'Action') ?? ''
      if (wantsJson(request)) return json(200, answer)
      const space = SPACES[given(request, 'Version') ?? ''] ?? ''
      const result = xml(`${action}Result`, answer)
      const metadata = xml('ResponseMetadata', { RequestId: request.requestId })
      return reply(200, `<${action}Response xmlns="${space}">${result}${metadata}</${action}Response>`)
    },
    refuse: refusal,
  }
}

/** As AWS itself does for who asks for it; without the frames that XML has. */
const wantsJson = (request: Received): boolean => header(request, 'accept') === 'application/json'

const json = (status: number, body: unknown): Reply => ({
  status,
  contentType: 'application/json',
  body: JSON.stringify(body, (_name, value) => (value instanceof Map ? Object.fromEntries(value) : value)),
})

const reply = (status: number, body: string): Reply => ({ status, contentType: 'text/xml', body })

/** IAM's own names of some errors, and their statuses. Else the AWS dialect's, without its ending. */
const names: Partial<Record<ErrorCode, readonly [number, string]>> = {
  AccessDenied: [403, 'AccessDenied'],
  DeleteConflict: [409, 'DeleteConflict'],
  EntityAlreadyExists: [409, 'EntityAlreadyExists'],
  IdentityLimit: [409, 'LimitExceeded'],
  Internal: [500, 'ServiceFailure'],
  InvalidAction: [400, 'InvalidAction'],
  InvalidParameter: [400, 'ValidationError'],
  MalformedPolicyDocument: [400, 'MalformedPolicyDocument'],
  MfaCodeInvalid: [403, 'AccessDenied'],
  MissingAuthentication: [403, 'MissingAuthenticationToken'],
  MissingParameter: [400, 'ValidationError'],
  NoSuchEntity: [404, 'NoSuchEntity'],
  NotSupported: [400, 'NotImplemented'],
  SessionExpired: [403, 'ExpiredToken'],
  SignatureExpired: [403, 'SignatureDoesNotMatch'],
  SignatureMismatch: [403, 'SignatureDoesNotMatch'],
  TokenInvalid: [403, 'InvalidClientTokenId'],
  Unavailable: [503, 'ServiceUnavailable'],
  UnknownAccessKey: [403, 'InvalidClientTokenId'],
  UnknownParameter: [400, 'ValidationError'],
  WebIdentityInvalid: [400, 'InvalidIdentityToken'],
}

function refusal(request: Received, error: HufuError): Reply {
  const { status, aws } = errorCatalogue[error.code]
  const [code, name] = names[error.code] ?? [status, aws.replace(/Exception$/, '')]
  if (wantsJson(request)) return json(code, { Error: { Code: name, Message: error.message }, code: error.code })
  const told = { Type: code >= 500 ? 'Receiver' : 'Sender', Code: name, Message: publicMessage(error) }
  const space = SPACES[given(request, 'Version') ?? ''] ?? ''
  const body = xml('Error', told) + xml('RequestId', request.requestId)
  return reply(code, `<ErrorResponse xmlns="${space}">${body}</ErrorResponse>`)
}

const received = (version: string): string =>
  version === '' ? '' : `, received ${JSON.stringify(version.slice(0, 80))}`

const pairsOf = (request: Received): Iterable<[string, string]> => queryPairs(request.body.toString('utf8'))

function given(request: Received, name: string): string | undefined {
  for (const [key, value] of pairsOf(request)) if (key === name) return value
  return undefined
}
