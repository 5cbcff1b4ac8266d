import type { ConditionKey, ConditionKeyPrefix } from './condition-keys.ts'
import type { ConditionValues, Principal } from './request.ts'

type Pairs = Readonly<Record<string, string>>

/** What is known of a request besides its action and resource. */
export interface RequestFacts {
  readonly principal: Principal
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly sourceIp?: string
  readonly userAgent?: string
  readonly secureTransport: boolean
  /** Seconds since the second factor was shown; absent when none was. */
  readonly mfaAge?: number
  /** The adapter that asks on behalf of the principal. */
  readonly via?: string
  readonly encryptionContext?: Pairs
  readonly requestTags?: Pairs
  /** Of the user, or for a session of its role. */
  readonly principalTags?: Pairs
  /** `alias/NAME`, where the request named the key so. */
  readonly requestAlias?: string
  /** Of a web identity token and of a role's assumption, by condition key. */
  readonly claims?: ReadonlyMap<string, readonly string[]>
  readonly key?: { readonly spec: string; readonly tags: Pairs; readonly aliases: readonly string[] }
}

type Reader = (facts: RequestFacts) => readonly string[] | undefined

const one = (value: string | undefined): readonly string[] | undefined => (value === undefined ? undefined : [value])
const names = (pairs: Pairs = {}): readonly string[] => Object.keys(pairs)
const tagTexts = (tags: Pairs = {}): readonly string[] =>
  Object.entries(tags).map(([name, value]) => `${name}&${value}`)

const readers: Readonly<Record<ConditionKey, Reader>> = {
  'aws:CurrentTime': ({ at }) => [new Date(at).toISOString()],
  'aws:EpochTime': ({ at }) => [String(Math.floor(at / 1000))],
  'aws:MultiFactorAuthAge': ({ mfaAge }) => (mfaAge === undefined ? undefined : [String(Math.floor(mfaAge))]),
  'aws:MultiFactorAuthPresent': ({ mfaAge }) => (mfaAge === undefined ? undefined : ['true']),
  'aws:PrincipalAccount': ({ principal }) => [principal.account],
  'aws:PrincipalArn': ({ principal }) => [principal.roleArn ?? principal.arn],
  'aws:SecureTransport': ({ secureTransport }) => [String(secureTransport)],
  'aws:SourceIp': ({ sourceIp }) => one(sourceIp),
  'aws:TagKeys': ({ requestTags }) => names(requestTags),
  'aws:UserAgent': ({ userAgent }) => one(userAgent),
  'kms:CallerAccount': ({ principal }) => [principal.account],
  'kms:EncryptionContextKeys': ({ encryptionContext }) => names(encryptionContext),
  'kms:KeySpec': ({ key }) => one(key?.spec),
  'kms:RequestAlias': ({ requestAlias }) => one(requestAlias),
  'kms:ResourceAliases': ({ key }) => key?.aliases.map((alias) => `alias/${alias}`),
  'kms:ViaService': ({ via }) => one(via),
  'qcs:request_tag': ({ requestTags }) => tagTexts(requestTags),
  'qcs:resource_tag': ({ key }) => tagTexts(key?.tags),
}
const readersByKey: ReadonlyMap<string, Reader> = new Map(Object.entries(readers))

const pairsByPrefix: Readonly<Record<ConditionKeyPrefix, (facts: RequestFacts) => Pairs | undefined>> = {
  'aws:PrincipalTag/': ({ principalTags }) => principalTags,
  'aws:RequestTag/': ({ requestTags }) => requestTags,
  'aws:ResourceTag/': ({ key }) => key?.tags,
  'kms:EncryptionContext:': ({ encryptionContext }) => encryptionContext,
}
const prefixes = Object.entries(pairsByPrefix)

/** The values of the condition keys in one request, read when a condition asks. Only own properties are values. */
export const conditionValues = (facts: RequestFacts): ConditionValues => ({
  get(key) {
    const reader = readersByKey.get(key)
    if (reader !== undefined) return reader(facts)
    for (const [prefix, pairsOf] of prefixes)
      if (key.startsWith(prefix)) return own(pairsOf(facts), key.slice(prefix.length))
    return facts.claims?.get(key)
  },
})

const own = (pairs: Pairs | undefined, name: string): readonly string[] | undefined =>
  pairs !== undefined && Object.hasOwn(pairs, name) ? one(pairs[name]) : undefined
