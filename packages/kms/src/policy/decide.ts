import type { CompiledPolicy, StatementName } from './compiled-policy.ts'
import { type Grant, grantAllows } from './grant.ts'
import { type PolicyRequest, rootArn } from './request.ts'

/** Everything that may speak about one principal and one key. */
export interface Policies {
  /** The principal's own and its groups'. */
  readonly identity: readonly CompiledPolicy[]
  /** Null for an action on no key. */
  readonly key: CompiledPolicy | null
  /** Null when the credentials are of no session that was narrowed. */
  readonly session: readonly CompiledPolicy[] | null
  readonly grants: readonly Grant[]
}

export type Reason =
  | 'allowed by an identity policy'
  | 'allowed by the key policy'
  | 'allowed by the identity policy to which the key policy leaves it'
  | 'allowed by a grant'
  | 'allowed: the root user of the account'
  | 'allowed: the root user can always read and replace a key policy of its account'
  | 'denied by a statement'
  | 'denied: no identity policy allows it'
  | 'denied: neither the key policy nor a grant allows it'
  | 'denied: no session policy allows it'

export interface Decision {
  readonly allowed: boolean
  readonly reason: Reason
  /** The statement or the grant that decided; null where it is the lack of one. */
  readonly by: StatementName | { readonly grant: string } | null
}

/** What root can do whatever a key policy says, so that no policy locks everybody out for ever. */
const recovery: ReadonlySet<string> = new Set(['kms:DescribeKey', 'kms:GetKeyPolicy', 'kms:PutKeyPolicy'])

/**
 * 1. Root reads and replaces the key policies of its account. 2. Any denial wins. 3. The key policy or a grant allows,
 * or leaves it to the account, whose identity policy allows. 4. Session policies must allow as well. 5. Otherwise denied.
 */
export function decide(request: PolicyRequest, policies: Policies): Decision {
  const root = request.principal.arn === rootArn(request.account)
  if (root && policies.key !== null && recovery.has(request.action))
    return allow('allowed: the root user can always read and replace a key policy of its account')
  const denial = findDenial(request, policies)
  if (denial !== null) return deny('denied by a statement', denial)
  const decision = policies.key === null ? byIdentity(request, policies) : byKey(request, policies, policies.key)
  if (!decision.allowed || policies.session === null) return decision
  if (policies.key?.find('allow', request, ['session'])) return decision
  return first(policies.session, request) === null ? deny('denied: no session policy allows it') : decision
}

function findDenial(request: PolicyRequest, { identity, key, session }: Policies): StatementName | null {
  const found = key?.find('deny', request)
  if (found) return found
  for (const policies of [identity, session ?? []])
    for (const policy of policies) {
      const denial = policy.find('deny', request)
      if (denial !== null) return denial
    }
  return null
}

function byIdentity(request: PolicyRequest, { identity }: Policies): Decision {
  if (request.principal.arn === rootArn(request.account)) return allow('allowed: the root user of the account')
  const by = first(identity, request)
  return by === null ? deny('denied: no identity policy allows it') : allow('allowed by an identity policy', by)
}

/** From another account, the key's side and the principal's side must both allow. */
function byKey(request: PolicyRequest, policies: Policies, key: CompiledPolicy): Decision {
  const own = byIdentityOf(request, policies)
  const here = request.principal.account === request.account
  const direct = key.find('allow', request, ['session', 'named'])
  if (direct !== null && (here || own.allowed)) return allow('allowed by the key policy', direct)
  const grant = policies.grants.find((one) => grantAllows(one, request))
  if (grant !== undefined && (here || own.allowed)) return allow('allowed by a grant', { grant: grant.id })
  const left = key.find('allow', request, ['account'])
  if (left !== null && own.allowed)
    return own.by === null
      ? allow('allowed: the root user of the account')
      : allow('allowed by the identity policy to which the key policy leaves it', own.by)
  if (left === null && direct === null && grant === undefined)
    return deny('denied: neither the key policy nor a grant allows it')
  return deny('denied: no identity policy allows it')
}

/** Root may do what its account may, in whichever account the key is. */
function byIdentityOf(request: PolicyRequest, policies: Policies): Decision {
  const { arn, account } = request.principal
  if (arn === rootArn(account)) return allow('allowed: the root user of the account')
  return byIdentity(request, policies)
}

function first(policies: readonly CompiledPolicy[], request: PolicyRequest): StatementName | null {
  for (const policy of policies) {
    const found = policy.find('allow', request)
    if (found !== null) return found
  }
  return null
}

const allow = (reason: Reason, by: Decision['by'] = null): Decision => ({ allowed: true, reason, by })
const deny = (reason: Reason, by: Decision['by'] = null): Decision => ({ allowed: false, reason, by })
