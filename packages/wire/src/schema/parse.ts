import type { z } from 'zod'
import { type ErrorCode, errorCatalogue, HufuError } from '../error.ts'

/** What a schema says of a value that it refuses with a code of the catalogue. */
export const refusal = (code: ErrorCode, error: string) => ({ error, params: { code } })

/** The parsed value. Throws `HufuError`, with the code of the first thing wrong, its path and never its value. */
export function parseWith<Output>(schema: z.ZodType<Output>, value: unknown): Output {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const [issue] = result.error.issues
  if (issue === undefined) throw new HufuError('InvalidParameter', 'expected other parameters')
  throw new HufuError(codeOf(issue, value), describe(issue))
}

type Issue = z.core.$ZodIssue

function codeOf(issue: Issue, value: unknown): ErrorCode {
  if (issue.code === 'custom') {
    const code: unknown = issue.params?.code
    if (typeof code === 'string' && code in errorCatalogue) return code as ErrorCode
  }
  if (issue.code === 'unrecognized_keys') return 'UnknownParameter'
  return valueAt(value, issue.path) === undefined ? 'MissingParameter' : 'InvalidParameter'
}

function describe(issue: Issue): string {
  const where = issue.path.join('.')
  if (issue.code === 'unrecognized_keys') return `expected no parameter ${issue.keys.join(', ')}`
  return where === '' ? issue.message : `${where}: ${issue.message}`
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let at = value
  for (const name of path) at = (at as Record<PropertyKey, unknown> | null | undefined)?.[name]
  return at
}
