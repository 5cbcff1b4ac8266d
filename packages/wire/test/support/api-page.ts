import { z } from 'zod'
import {
  actions,
  type RefusedAction,
  refusedAws,
  refusedIdentities,
  refusedTencent,
  type WireForm,
} from '../../src/index.ts'

/** docs/api.md: every action of both dialects, from the action table. */
export function apiPage(): string {
  return `# The API

Two dialects, one table of actions: \`packages/wire/src/actions\`. This page is made from it; after a change of the table,
\`npm run docs\` in \`packages/wire\` writes it anew, and a test fails until it is.

A parameter with \`?\` may be left out. What a dialect's API has and this page does not list as served is refused, never ignored: an
action with \`${'UnsupportedOperation'}\` (Tencent) or \`UnsupportedOperationException\` (AWS), a parameter with \`UnknownParameter\` or
\`ValidationException\`. [errors.md](errors.md) lists the errors.

## Signatures

| dialect | told by | signed with | what a signature must cover |
|---|---|---|---|
| AWS | \`X-Amz-Target: TrentService.ACTION\` | SigV4, service \`kms\`, any region | \`host\` and every \`x-amz-\` and \`x-hufu-\` header |
| AWS IAM and STS | a form with \`Action\` and \`Version\`, answered in XML | SigV4, service \`iam\` or \`sts\` | the same |
| Tencent | \`X-TC-Action: ACTION\` | TC3-HMAC-SHA256, any service name | \`host\` and \`content-type\` |
| Tencent | \`Action=ACTION\` in the query or the form | HmacSHA1 or HmacSHA256 | every parameter |

The signer's clock may be five minutes off. A body may have 65,536 bytes. JSON must be one object in UTF-8, each name once; base64 is the standard
alphabet, padded.

An action that changes something acts once for each signature: sent again, it is answered with the first answer again. So of two calls of one second that ask
the same, and sign nothing of their own, only the first acts. The AWS SDK for JavaScript signs an \`amz-sdk-invocation-id\`; boto3 sends it unsigned, and Tencent's TC3 clients have nothing of the kind.

${section('Tencent Cloud KMS, 2019-01-18', 'tencent', refusedTencent)}
${section('AWS KMS', 'aws', refusedAws)}
${table('AWS IAM, 2010-05-08', 'query', '2010-05-08')}
${table('AWS STS, 2011-06-15', 'query', '2011-06-15')}
${table('Tencent Cloud CAM, 2019-01-16', 'tencent', '2019-01-16')}
${refusals(refusedIdentities.filter(({ version }) => version === '2019-01-16'))}
${table('Tencent Cloud STS, 2018-08-13', 'tencent', '2018-08-13')}
${refusals(refusedIdentities.filter(({ version }) => version === '2018-08-13'))}
## What only AWS's dialect has

Tencent's dialect is Tencent's API and no more: an action that its clients can not ask for is not made up for it. One access key signs in both dialects, so what is
below is asked for in AWS's, of the same keys. ([decisions/0505](decisions/0505-no-made-up-tencent-actions.md))

| AWS | in Tencent's dialect |
|---|---|
| CreateAlias, DeleteAlias, UpdateAlias, ListAliases | a key has one alias: \`CreateKey\`, \`UpdateAlias\`, \`DescribeKey\` |
| TagResource, UntagResource, ListResourceTags | \`Tags\` of \`CreateKey\` and \`TagFilters\` of the lists; Tencent changes tags by another product's API |
| Sign, Verify | \`SignByAsymmetricKey\`, \`VerifyByAsymmetricKey\` |
| RotateKeyOnDemand | \`RotateKey\` |
| ReplicateKey, UpdatePrimaryRegion | \`DescribeKey\` shows the replicas (\`SyncReplica\` fields); made in AWS's |
| GenerateDataKeyWithoutPlaintext | \`GenerateDataKey\` with \`EncryptionPublicKey\`: the plaintext is for the holder of that key only |
| GenerateDataKeyPair, GenerateDataKeyPairWithoutPlaintext, GenerateMac, VerifyMac, DeriveSharedSecret, Encapsulate, Decapsulate | none |
| key policies, grants, ListKeyRotations | none; access by CAM policies, \`DescribeKey\` shows the last rotation |

## Hufu's own

- \`KeySpec\` in Tencent's \`CreateKey\`, and \`AES_256\`, \`SM4\`, \`HMAC_256\` in AWS's, choose the algorithm. \`KeySpec\` and \`ProtectionLevel\`
  (\`HSM\` or \`SOFTWARE\`) are in every answer that shows a key.
- \`DryRun: true\` in an AWS action that has it: all that shows whether the request would succeed is done and audited, nothing is changed or given
  away, and the answer is \`DryRunOperationException\` where it would have succeeded, otherwise the ordinary error.
- \`code\` in the error answers of the AWS dialect is the error's name in [errors.md](errors.md).
- \`HufuService.GetSigningKey\` (AWS dialect; who may \`kms:GetSigningKey\` of the owner): the SigV4 signing key of \`AccessKeyId\` for one \`Date\`, \`Region\` and \`Service\`,
  so that an adapter can check signatures without knowing a secret; for temporary credentials with their end, \`Expiration\`.
- \`HufuService.ListAuditRecords\`, \`BeginAuditExport\`, \`ReadAuditExport\`, \`GetAuditKey\`, \`CutAudit\` (AWS dialect): what \`hufu audit\` asks. The
  permissions are \`kms:ListAuditRecords\`, \`kms:ExportAudit\`, \`kms:GetAuditKey\`, \`kms:CutAudit\`.
- CloudAudit (Tencent, 2019-03-19): \`LookUpEvents\` and \`DescribeEvents\`, under permissions of these names of \`cloudaudit\`; \`StartTime\` \`EndTime\` \`LookupAttributes\`? \`NextToken\`? \`MaxResults\`?
  (1 to 50). Attributes: \`EventName\` (the action), \`PrincipalId\` (an ARN), \`ResourceName\` or \`ResourceId\` (a key's ARN or id), \`ApiErrorCode\` (\`ok\`, or a name of
  [errors.md](errors.md)), \`SourceIPAddress\`, \`RequestId\`; all given must hold. The newest event comes first; \`CloudAuditEvent\` is the record itself. Reading is recorded too.
- CloudTrail (AWS): \`LookupEvents\`, under \`cloudtrail:LookupEvents\`; attributes \`EventName\`, \`Username\` (an ARN), \`ResourceName\`.
- \`x-hufu-on-behalf-of: ACCESSKEYID\` and \`x-hufu-via: NAME\`, signed, by who may \`kms:ActOnBehalfOf\` the owner: the request acts, and is audited, as that principal's.
- \`GET /events\`, signed: server-sent events. \`event: key\` carries \`{"keyId", "change"}\`; \`event: status\` comes every 2 s and says whether
  changes are heard. It ends when what it was opened by counts no more: an access key that is made inactive, a session's end, a certificate that is revoked. Every
  stream is a record of the audit, \`ListenToKeyEvents\`.
- \`GET /healthz\`, \`/readyz\`, \`/metrics\`: unsigned.
`
}

/** The actions of one API, which a dialect other than KMS's own tells by its version. */
function table(title: string, dialect: 'aws' | 'query' | 'tencent', version?: string): string {
  const served = actions.flatMap(({ permission, [dialect]: form }) =>
    form === undefined || form.version !== version
      ? []
      : [[form.name, `| ${form.name} | \`${permission}\` | ${parameters(form)} |`] as const],
  )
  return `## ${title}

| action | permission | parameters |
|---|---|---|
${sorted(served)}
`
}

const section = (title: string, dialect: 'aws' | 'tencent', refused: readonly RefusedAction[]): string =>
  `${table(title, dialect)}\n${refusals(refused)}`

function refusals(refused: readonly RefusedAction[]): string {
  const rows = refused.map(({ name, why }) => [name, `| ${name} | ${why} |`] as const)
  return `Refused:

| action | because |
|---|---|
${sorted(rows)}
`
}

const sorted = (rows: readonly (readonly [string, string])[]): string =>
  [...rows]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, row]) => row)
    .join('\n')

function parameters({ request }: WireForm<never, unknown>): string {
  const schema = z.toJSONSchema(request, { io: 'input', unrepresentable: 'any' })
  const required = new Set(schema.required)
  const names = Object.entries(schema.properties ?? {})
    .filter(([, property]) => typeof property === 'object' && Object.keys(property).length > 0)
    .map(([name]) => `\`${name}\`${required.has(name) ? '' : '?'}`)
  return names.length === 0 ? 'none' : names.join(' ')
}
