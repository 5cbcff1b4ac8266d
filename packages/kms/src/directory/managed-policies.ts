import type { Reads } from '../store/store.ts'
import { parseArn } from './arns.ts'
import { readEntry } from './documents.ts'
import { stockPolicy } from './stock-policies.ts'

/** The default version of a managed policy; null when there is no such policy. */
export async function policyDocument(rows: Pick<Reads, 'entry'>, arn: string): Promise<string | null> {
  const parsed = parseArn(arn)
  if (parsed === null || parsed.kind !== 'policy') return null
  if (parsed.account === 'aws') return stockPolicy(parsed.name)?.document ?? null
  const entry = await readEntry(rows, 'policy', parsed.name)
  return entry?.versions.find(({ id }) => id === entry.defaultVersion)?.document ?? null
}
