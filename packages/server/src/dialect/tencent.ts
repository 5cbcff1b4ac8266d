import {
  type Action,
  CLOCK_SKEW_MAX,
  errorCatalogue,
  HufuError,
  parseTc3,
  parseTencentV1,
  queryPairs,
  verifyTc3,
  verifyTencentV1,
} from '@hufu/wire'
import { nestedParameters } from '../request/nested-parameters.ts'
import { header, type Received } from '../request/received.ts'
import { jsonParameters } from '../request/text.ts'
import type { Credential, Dialect, Reply } from './dialect.ts'
import { publicMessage } from './message.ts'
import { actionNamed, namedActions } from './named-actions.ts'

/** Of the APIs served: KMS, CAM, STS and CloudAudit. An action of another than KMS's is named with its version. */
const VERSIONS: ReadonlyMap<string, string | undefined> = new Map([
  ['2019-01-18', undefined],
  ['2019-01-16', '2019-01-16'],
  ['2018-08-13', '2018-08-13'],
  ['2019-03-19', '2019-03-19'],
])

/** Parameters that belong to the call and not to the action, where they are not headers. */
const COMMON = new Set(
  'Action Version Region Timestamp Nonce SecretId Signature SignatureMethod Token Language RequestClient'.split(' '),
)

/** Tencent Cloud API 3.0: TC3 over POST or GET, or the older signature that is one of the parameters. */
export function tencentDialect(rows: readonly Action[]): Dialect {
  const named = namedActions('tencent', rows)

  function credential(request: Received): Credential {
    const token = common(request, 'Token')
    const sessionToken = token === undefined || token === '' ? {} : { sessionToken: token }
    const tc3 = parseTc3(request)
    if (tc3 === null) return { ...v1Credential(request), ...sessionToken }
    return {
      accessKeyId: tc3.accessKeyId,
      service: tc3.scope.service.slice(0, 64),
      ...sessionToken,
      signedHeaders: tc3.signedHeaders,
      signature: tc3.signature,
      goodUntil: goodUntil(tc3.timestamp),
      verify: (signer, now) => verifyTc3(request, tc3, signer.tc3Key(tc3.scope), now),
    }
  }

  return {
    name: 'tencent',
    actionName: (request) => common(request, 'Action') ?? '',
    action(request) {
      const version = common(request, 'Version') ?? ''
      if (!VERSIONS.has(version))
        throw new HufuError('UnknownVersion', `expected an API version among ${[...VERSIONS.keys()].join(', ')}`)
      return actionNamed('tencent', named, common(request, 'Action') ?? '', VERSIONS.get(version))
    },
    credential,
    parameters,
    answer: ({ requestId }, answer) => reply({ ...answer, RequestId: requestId }),
    refuse: ({ requestId }, error) => {
      const told = { Code: errorCatalogue[error.code].tencent, Message: publicMessage(error) }
      return reply({ Error: told, RequestId: requestId })
    },
  }
}

/** Always 200: its clients read the error from the body, and from nowhere else. */
const reply = (Response: Record<string, unknown>): Reply => ({
  status: 200,
  contentType: 'application/json',
  body: JSON.stringify({ Response }),
})

function v1Credential(request: Received): Credential {
  const given = flatParameters(request)
  const claim = parseTencentV1(given)
  if (claim === null) throw new HufuError('MissingAuthentication', 'expected a request signed with TC3-HMAC-SHA256')
  return {
    accessKeyId: claim.accessKeyId,
    service: 'kms',
    signedHeaders: [],
    signature: claim.signature,
    goodUntil: goodUntil(claim.timestamp),
    verify: (signer, now) => verifyTencentV1(request, given, claim, signer.unsafeSecret(), now),
  }
}

const goodUntil = (seconds: string): number => Number(seconds) * 1000 + CLOCK_SKEW_MAX

/** A parameter of the call: a header with TC3, a parameter like any other with the older signature. */
function common(request: Received, name: string): string | undefined {
  return (
    header(request, `x-tc-${name.toLowerCase()}`) ?? (isTc3(request) ? undefined : flatParameters(request).get(name))
  )
}

function parameters(request: Received): Record<string, unknown> {
  if (isTc3(request) && request.method === 'POST') return jsonParameters(request.body)
  const given = [...flatPairs(request)]
  return nestedParameters(isTc3(request) ? given : given.filter(([name]) => !COMMON.has(name)))
}

const isTc3 = (request: Received): boolean => request.headers['x-tc-action'] !== undefined

const flatParameters = (request: Received): Map<string, string> => new Map(flatPairs(request))

const flatPairs = (request: Received): Iterable<[string, string]> =>
  queryPairs(request.method === 'GET' ? request.query : request.body.toString('utf8'))
