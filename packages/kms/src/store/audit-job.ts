import type { AuditRecord } from '../audit/audit-record.ts'
import type { TreeState } from '../audit/merkle/frontier.ts'

/** What the audit's thread is asked to do. */
export type AuditJob =
  | { readonly kind: 'insert'; readonly log: number; readonly now: number; readonly records: readonly AuditRecord[] }
  | { readonly kind: 'grow'; readonly log: number; readonly tree: TreeState; readonly limit: number }
  | { readonly kind: 'close' }

/** The answers, in the order of the jobs. A failure has the error's message. */
export type AuditAnswer = { readonly tree?: TreeState } | { readonly failure: string }
