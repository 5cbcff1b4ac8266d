import { z } from 'zod'
import type { KeyOperations } from '../../key-operations.ts'
import { number } from './cam-fields.ts'

/** A policy by its number or its name. */
export const policyNames = { PolicyId: number.optional(), PolicyName: z.string().min(1).max(128).optional() }

interface NamedPolicy {
  readonly PolicyId?: number | undefined
  readonly PolicyName?: string | undefined
}

export const isNamed = ({ PolicyId, PolicyName }: NamedPolicy): boolean =>
  PolicyId !== undefined || PolicyName !== undefined

/** Throws `NoSuchEntity`. */
export async function givenPolicy(
  keys: KeyOperations,
  { PolicyId, PolicyName }: NamedPolicy,
): Promise<{ readonly arn: string; readonly number: number }> {
  if (PolicyId !== undefined) return { arn: await keys.nameOf('policy', PolicyId), number: PolicyId }
  const found = (await keys.listPolicies('All')).find(({ name }) => name === PolicyName)
  return found ?? { arn: await keys.nameOf('policy', 0), number: 0 }
}
