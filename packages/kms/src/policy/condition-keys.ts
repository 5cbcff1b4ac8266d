/** The condition keys by the name that the normal form has. docs/policies.md says what each holds. */
export const conditionKeys = [
  'aws:CurrentTime',
  'aws:EpochTime',
  'aws:MultiFactorAuthAge',
  'aws:MultiFactorAuthPresent',
  'aws:PrincipalAccount',
  'aws:PrincipalArn',
  'aws:SecureTransport',
  'aws:SourceIp',
  'aws:TagKeys',
  'aws:UserAgent',
  'kms:CallerAccount',
  'kms:EncryptionContextKeys',
  'kms:KeySpec',
  'kms:RequestAlias',
  'kms:ResourceAliases',
  'kms:ViaService',
  'qcs:request_tag',
  'qcs:resource_tag',
] as const

export type ConditionKey = (typeof conditionKeys)[number]

/** A name of the policy's own choice follows: of a tag, or of the encryption context. */
export const conditionKeyPrefixes = [
  'aws:PrincipalTag/',
  'aws:RequestTag/',
  'aws:ResourceTag/',
  'kms:EncryptionContext:',
] as const

export type ConditionKeyPrefix = (typeof conditionKeyPrefixes)[number]

const camNames: ReadonlyMap<string, ConditionKey> = new Map([
  ['qcs:ip', 'aws:SourceIp'],
  ['qcs:current_time', 'aws:CurrentTime'],
  ['qcs:mfa_age', 'aws:MultiFactorAuthAge'],
])

const camPrefixes: ReadonlyMap<string, ConditionKeyPrefix> = new Map([
  ['qcs:request_tag/', 'aws:RequestTag/'],
  ['qcs:resource_tag/', 'aws:ResourceTag/'],
])

const exact = new Map<string, ConditionKey>([
  ...camNames,
  ...conditionKeys.map((key): [string, ConditionKey] => [key.toLowerCase(), key]),
])
const prefixes = new Map<string, ConditionKeyPrefix>([
  ...camPrefixes,
  ...conditionKeyPrefixes.map((prefix): [string, ConditionKeyPrefix] => [prefix.toLowerCase(), prefix]),
])

const CLAIM = /^([a-z0-9-]+(?:\.[a-z0-9-]+)*(?::\d{1,5})?(?:\/[\w.~-]+)*):(aud|sub|azp|email)$/i
const RESERVED = /^(aws|kms|qcs|sts|iam)$/i

/** `ISSUER:aud`, `ISSUER:sub`: a claim of a web identity token, in trust policies. `sts:ExternalId` is one of them. */
export function tokenClaimKey(text: string): string | null {
  if (text.toLowerCase() === 'sts:externalid') return 'sts:ExternalId'
  const [, issuer] = CLAIM.exec(text) ?? []
  return issuer === undefined || RESERVED.test(issuer) ? null : text
}

/** Letter case does not count, but in the name after a prefix it does. Null when there is no such key. */
export function conditionKey(text: string): string | null {
  const lower = text.toLowerCase()
  const key = exact.get(lower)
  if (key !== undefined) return key
  for (const [written, prefix] of prefixes)
    if (lower.startsWith(written) && text.length > written.length) return prefix + text.slice(written.length)
  return null
}
