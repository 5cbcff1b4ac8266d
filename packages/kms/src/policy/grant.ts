import type { PolicyRequest } from './request.ts'

type Pairs = Readonly<Record<string, string>>

/** A permission that one principal has on one key, beside the policies. */
export interface Grant {
  readonly id: string
  /** A user's or role's ARN, or an account's root, which is the root user alone. */
  readonly grantee: string
  /** The key's ARN. */
  readonly key: string
  /** `Decrypt`, … */
  readonly operations: readonly string[]
  /** The request's encryption context must be this one, or contain it. */
  readonly contextEquals?: Pairs
  readonly contextSubset?: Pairs
}

const PREFIX = 'kms:EncryptionContext:'

export function grantAllows(grant: Grant, { principal, action, resource, context }: PolicyRequest): boolean {
  if (grant.key !== resource || (grant.grantee !== principal.arn && grant.grantee !== principal.roleArn)) return false
  if (!grant.operations.some((operation) => `kms:${operation}` === action)) return false
  const { contextEquals, contextSubset = contextEquals } = grant
  const contains = Object.entries(contextSubset ?? {}).every(
    ([name, value]) => context.get(PREFIX + name)?.[0] === value,
  )
  const names = context.get('kms:EncryptionContextKeys') ?? []
  return contains && (contextEquals === undefined || equals(contextEquals, names, context))
}

const equals = (wanted: Pairs, names: readonly string[], context: PolicyRequest['context']): boolean =>
  names.length === Object.keys(wanted).length &&
  Object.entries(wanted).every(([name, value]) => context.get(PREFIX + name)?.[0] === value)
