import { aliasArn, type Caller, HufuError, isHufuError, keyArn, parseKeyName } from '@hufu/wire'
import type { Clock } from '../clock.ts'
import type { PrincipalPolicies, Principals } from '../directory/principals.ts'
import type { Key } from '../key/key.ts'
import type { Place } from '../kms-parts.ts'
import {
  CompiledPolicy,
  conditionValues,
  type Decision,
  decide,
  type Grant,
  type PolicyRequest,
  parsePolicy,
} from '../policy/index.ts'
import { type AccessRequest, actionName } from './access-request.ts'
import type { KeyAccess, KeyFacts } from './key-access.ts'

/** What a decision depends on beside the request. */
interface Known {
  /** The policy of the key or other resource; null when it has none of its own. */
  readonly stored: CompiledPolicy | null
  readonly own: PrincipalPolicies | null
  readonly facts: KeyFacts | null
}

/** Decides by the policies of the principal, its session and the key. docs/policies.md has the rules. */
export class Authoriser {
  readonly #place: Place
  readonly #clock: Clock
  readonly #principals: Principals
  readonly #keys: KeyAccess
  readonly #defaultKeyPolicy: CompiledPolicy

  constructor(place: Place, clock: Clock, principals: Principals, keys: KeyAccess) {
    this.#place = place
    this.#clock = clock
    this.#principals = principals
    this.#keys = keys
    this.#defaultKeyPolicy = new CompiledPolicy('key policy', parsePolicy(defaultKeyPolicy(place.accountId), 'key'))
  }

  /** Throws `AccessDenied`; resolves when it is allowed. */
  async authorise(request: AccessRequest): Promise<void> {
    const { allowed, reason } = await this.decide(request)
    if (allowed) return
    const { principal } = request.caller
    const action = actionName(request.action)
    throw new HufuError('AccessDenied', `expected a principal that may ${action}, received ${principal} (${reason})`)
  }

  /** Whether it is allowed by what is held; false also when something must be looked for, as `authorise` does. */
  allowsAtOnce(caller: Caller, key: Key, request: Omit<AccessRequest, 'caller' | 'key'>): boolean {
    const stored = this.#keys.heldPolicy(key.id)
    if (stored === undefined) return false
    if (this.#isRootsOwn(caller, stored)) return true
    const own = this.#principals.held(caller)
    const facts = this.#keys.heldFacts(key.id)
    if (own === undefined || facts === undefined) return false
    return this.#decided({ ...request, caller, key }, { stored, own, facts }).allowed
  }

  async decide(request: AccessRequest): Promise<Decision> {
    const { caller, key, resourcePolicy = null } = request
    const stored = key === null ? resourcePolicy : await this.#keys.policy(key.id)
    if (this.#isRootsOwn(caller, stored)) return rootAllowed
    const own = await this.#principals.of(caller)
    const facts = key === null || own === null ? null : await this.#keys.facts(key.id)
    return this.#decided(request, { stored, own, facts })
  }

  #isRootsOwn({ principal, sessionPolicies }: Caller, stored: CompiledPolicy | null): boolean {
    return stored === null && principal === this.#principals.rootArn && sessionPolicies === undefined
  }

  #decided(request: AccessRequest, { stored, own, facts }: Known): Decision {
    const { caller, key } = request
    if (own === null || (caller.entryId !== undefined && own.entryId !== caller.entryId)) return gone
    return decide(this.#policyRequest(request, facts, own), {
      identity: own.policies,
      key: key === null ? stored : (stored ?? this.#defaultKeyPolicy),
      session: caller.sessionPolicies === undefined ? null : this.#principals.session(caller.sessionPolicies),
      grants: key === null || facts === null ? [] : facts.grants.map((grant) => this.#grant(key.id, grant)),
    })
  }

  /** Whether a token's bearer, who has no policies of its own, may; the provider is the principal. Throws `AccessDenied`. */
  async authoriseFederated(request: AccessRequest): Promise<void> {
    const { resourcePolicy = null, caller } = request
    const policies = { identity: [], key: resourcePolicy, session: null, grants: [] }
    if (decide(this.#policyRequest(request, null), policies).allowed) return
    throw new HufuError('AccessDenied', `expected a role that ${caller.principal} may assume`)
  }

  /** Whether the caller could replace the policy of the key if it were this one. */
  async couldPutPolicy(caller: Caller, key: Key, policy: CompiledPolicy, facts: KeyFacts): Promise<boolean> {
    const own = await this.#principals.of(caller)
    const session = caller.sessionPolicies === undefined ? null : this.#principals.session(caller.sessionPolicies)
    const request = this.#policyRequest({ caller, action: 'PutKeyPolicy', key }, facts, own)
    return decide(request, { identity: own?.policies ?? [], key: policy, session, grants: [] }).allowed
  }

  /** What speaks about one key beside the policies of whoever asks. */
  async keyPolicies(keyId: string): Promise<{ readonly key: CompiledPolicy; readonly grants: readonly Grant[] }> {
    const key = (await this.#keys.policy(keyId)) ?? this.#defaultKeyPolicy
    const { grants } = await this.#keys.facts(keyId)
    return { key, grants: grants.map((grant) => this.#grant(keyId, grant)) }
  }

  #policyRequest(request: AccessRequest, facts: KeyFacts | null, own: PrincipalPolicies | null = null): PolicyRequest {
    const { caller, key, keyName, context, requestTags } = request
    const { accountId } = this.#place
    const principal = { ...principalOf(caller), ...(own?.uinArn === undefined ? {} : { uinArn: own.uinArn }) }
    return {
      principal,
      action: actionName(request.action),
      resource: this.#resource(request),
      account: accountId,
      context: conditionValues({
        principal,
        at: this.#clock(),
        sourceIp: caller.sourceIp,
        secureTransport: caller.secure ?? false,
        ...(caller.userAgent === undefined ? {} : { userAgent: caller.userAgent }),
        ...(caller.mfaAt === undefined ? {} : { mfaAge: (this.#clock() - caller.mfaAt) / 1000 }),
        ...(caller.via === undefined ? {} : { via: caller.via }),
        ...(context === undefined ? {} : { encryptionContext: context }),
        ...(requestTags === undefined ? {} : { requestTags }),
        ...(own?.tags === undefined ? {} : { principalTags: own.tags }),
        ...(keyName?.includes('alias/') ? { requestAlias: keyName.slice(keyName.indexOf('alias/')) } : {}),
        ...(request.claims === undefined ? {} : { claims: request.claims }),
        ...(key === null || facts === null ? {} : { key: { spec: key.spec, ...facts } }),
      }),
    }
  }

  #resource({ key, keyName, resource = '*' }: AccessRequest): string {
    const { region, accountId } = this.#place
    if (key !== null) return keyArn(region, accountId, key.id)
    if (keyName === undefined || keyName === null) return resource
    try {
      const parsed = parseKeyName(keyName)
      return parsed.kind === 'id' ? keyArn(region, accountId, parsed.keyId) : aliasArn(region, accountId, parsed.alias)
    } catch (error) {
      if (isHufuError(error)) return resource
      throw error
    }
  }

  #grant(keyId: string, grant: KeyFacts['grants'][number]): Grant {
    const { region, accountId } = this.#place
    return { ...grant, key: keyArn(region, accountId, keyId) }
  }
}

const accountOf = (arn: string): string => arn.split(':')[4] ?? ''

export const principalOf = ({ principal, roleArn }: Pick<Caller, 'principal' | 'roleArn'>) => ({
  arn: principal,
  account: accountOf(principal),
  ...(roleArn === undefined ? {} : { roleArn }),
})

const rootAllowed: Decision = { allowed: true, reason: 'allowed: the root user of the account', by: null }
const gone: Decision = { allowed: false, reason: 'denied: no identity policy allows it', by: null }

/** Leaves the key to the identity policies of its account. */
export const defaultKeyPolicy = (accountId: string): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Id: 'key-default-1',
    Statement: [
      {
        Sid: 'Enable IAM User Permissions',
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${accountId}:root` },
        Action: 'kms:*',
        Resource: '*',
      },
    ],
  })
