import { HufuError } from '@hufu/wire'
import { checkPolicy } from '../directory/checks.ts'
import type { Key } from '../key/key.ts'
import type { Call } from '../kms.ts'
import { CompiledPolicy, parsePolicy } from '../policy/index.ts'
import type { KeyFacts } from './key-access.ts'

/** Throws `MalformedPolicyDocument`, also for a policy under which the caller could not put another. */
export async function checkLockout(call: Call, key: Key, document: string, facts: KeyFacts): Promise<void> {
  const policy = new CompiledPolicy('key policy', parsePolicy(checkPolicy(document, 'key'), 'key'))
  if (await call.kms.access.couldPutPolicy(call.caller, key, policy, facts)) return
  throw new HufuError(
    'MalformedPolicyDocument',
    'expected a policy under which the caller can put the next one, received one that locks it out',
  )
}
