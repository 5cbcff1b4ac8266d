import { keyArn, keyIdOfArn, type SimulatedDecision, type SimulateInput } from '@hufu/wire'
import { principalOf } from '../access/authoriser.ts'
import { parseArn } from '../directory/arns.ts'
import { checkPolicy, invalid, noEntity } from '../directory/checks.ts'
import type { PrincipalPolicies } from '../directory/principals.ts'
import type { Call } from '../kms.ts'
import {
  CompiledPolicy,
  type ConditionValues,
  conditionKey,
  type Decision,
  decide,
  type Policies,
  type PolicyKind,
  parsePolicy,
} from '../policy/index.ts'

/** Asks the evaluator what it would say, and why, without doing anything. */
export function simulate(call: Call, input: SimulateInput): Promise<readonly SimulatedDecision[]> {
  const { principal } = input
  const action = principal === undefined ? 'iam:SimulateCustomPolicy' : 'iam:SimulatePrincipalPolicy'
  const request = { action, ...(principal === undefined ? {} : { resource: principal, subject: principal }) }
  return call.run(request, async () => {
    for (const one of input.actions) checkAction(one)
    const own = await policiesOf(call, principal)
    const identity = [...own.policies, ...input.policies.map(given)]
    const arn = input.callerArn ?? principal ?? `arn:aws:iam::${call.kms.place.accountId}:user/anyone`
    const context = valuesOf(input.context, own.tags)
    const decisions: SimulatedDecision[] = []
    for (const resource of input.resources.length === 0 ? ['*'] : input.resources) {
      const policies = await about(call, input, resource, identity)
      for (const one of input.actions) {
        const account = call.kms.place.accountId
        const asked = { principal: principalOf({ principal: arn }), action: one, resource, account, context }
        decisions.push(told(one, resource, decide(asked, policies)))
      }
    }
    return decisions
  })
}

/** What the principal who is asked about has. */
type Bears = Pick<PrincipalPolicies, 'policies' | 'tags'>

const ACTION = /^[a-z0-9-]+:[a-z0-9]+$/i

function checkAction(action: string): void {
  if (!ACTION.test(action))
    throw invalid(`expected SERVICE:ACTION, such as kms:Decrypt, received ${JSON.stringify(action.slice(0, 80))}`)
}

async function policiesOf(call: Call, principal: string | undefined): Promise<Bears> {
  if (principal === undefined) return { policies: [] }
  if (parseArn(principal) === null)
    throw invalid(`expected the ARN of a user, group or role, received ${JSON.stringify(principal.slice(0, 200))}`)
  const found = await call.kms.principals.of({ principal })
  if (found === null) throw noEntity('user, group or role', principal)
  return found
}

const given = (document: string, index: number): CompiledPolicy =>
  compiled(`PolicyInputList.${index + 1}`, document, 'identity')

const compiled = (name: string, document: string, kind: PolicyKind): CompiledPolicy =>
  new CompiledPolicy(name, parsePolicy(checkPolicy(document, kind), kind))

/** The policies for one resource: of a key of ours its own policy and grants, unless another policy is given. */
async function about(
  call: Call,
  { keyPolicy }: SimulateInput,
  resource: string,
  identity: readonly CompiledPolicy[],
): Promise<Policies> {
  const own = keyPolicy === undefined ? await keyPolicies(call, resource) : null
  const key = keyPolicy === undefined ? (own?.key ?? null) : compiled('key policy', keyPolicy, 'key')
  return { identity, key, session: null, grants: own?.grants ?? [] }
}

async function keyPolicies(call: Call, resource: string): Promise<Pick<Policies, 'key' | 'grants'> | null> {
  const { place, store, access } = call.kms
  const id = keyIdOfArn(resource)
  if (resource !== keyArn(place.region, place.accountId, id) || (await store.key(id)) === null) return null
  return access.keyPolicies(id)
}

/** The principal's own tags are known; what else a request has is told, and comes before them. */
function valuesOf(context: SimulateInput['context'], tags: Bears['tags'] = {}): ConditionValues {
  const values = new Map<string, readonly string[]>()
  for (const [name, value] of Object.entries(tags)) values.set(`aws:PrincipalTag/${name}`, [value])
  for (const [name, given] of Object.entries(context)) {
    const key = conditionKey(name)
    if (key === null)
      throw invalid(`expected a condition key that exists, received ${JSON.stringify(name.slice(0, 80))}`)
    values.set(key, given)
  }
  return values
}

function told(action: string, resource: string, { allowed, reason, by }: Decision): SimulatedDecision {
  const decision = allowed ? 'allowed' : reason === 'denied by a statement' ? 'explicitDeny' : 'implicitDeny'
  const statement = by === null ? null : 'grant' in by ? { policy: `grant ${by.grant}`, statement: 0, sid: null } : by
  return { action, resource, decision, reason, by: statement }
}
