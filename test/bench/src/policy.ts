import { CompiledPolicy, conditionValues, decide, type PolicyRequest, parsePolicy } from '@hufu/kms/policy'
import type { Area } from './area.ts'

const ACCOUNT = '000000000001'
const STATEMENTS = 100
const principal = { arn: `arn:aws:iam::${ACCOUNT}:user/anna`, account: ACCOUNT }
const keyArn = (index: number) => `arn:aws:kms:local-1:${ACCOUNT}:key/${index}-`

/** Each about the asked action, every tenth a denial, all with a wildcard and a condition; the last one allows. */
const statements = Array.from({ length: STATEMENTS }, (_, index) => ({
  Effect: index % 10 === 0 ? 'Deny' : 'Allow',
  Action: 'kms:*',
  Resource: `${keyArn(index)}*`,
  Condition: { StringEquals: { 'kms:EncryptionContext:app': 'backup' }, IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } },
}))
const identity = [compiled('identity', statements)]
const key = compiled('key', [{ Effect: 'Allow', Principal: { AWS: ACCOUNT }, Action: 'kms:*', Resource: '*' }])

function compiled(kind: 'identity' | 'key', Statement: readonly object[]): CompiledPolicy {
  return new CompiledPolicy(kind, parsePolicy(JSON.stringify({ Version: '2012-10-17', Statement }), kind))
}

function request(resource: string): PolicyRequest {
  const facts = { principal, at: 1_790_000_000_000, sourceIp: '10.1.2.3', secureTransport: true }
  const context = conditionValues({ ...facts, encryptionContext: { app: 'backup' } })
  return { principal, action: 'kms:Decrypt', resource, account: ACCOUNT, context }
}

/** Decisions a second on one core, over an identity policy of 100 statements. It has no peer: figures only. */
export const policy: Area = async ({ quick }) => {
  const seconds = quick ? 0.5 : 3
  perSecond(keyArn(99), true, seconds)
  return {
    ratios: {},
    figures: {
      policy_allowed_by_last_of_100_per_s: perSecond(keyArn(99), true, seconds),
      policy_denied_by_none_of_100_per_s: perSecond(keyArn(STATEMENTS), false, seconds),
    },
  }
}

/** In processor time, which other work on the machine does not change. The condition values are made for each decision. */
function perSecond(resource: string, expected: boolean, seconds: number): number {
  const start = process.cpuUsage()
  let decisions = 0
  let used = 0
  while (used < seconds) {
    for (let index = 0; index < 1_000; index += 1)
      if (decide(request(resource), { identity, key, session: null, grants: [] }).allowed !== expected)
        throw new Error(`expected allowed: ${expected} for ${resource}`)
    decisions += 1_000
    used = process.cpuUsage(start).user / 1e6
  }
  return decisions / used
}
