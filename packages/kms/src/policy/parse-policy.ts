import { ZodError } from 'zod'
import { readCam } from './cam-syntax.ts'
import { readIam } from './iam-syntax.ts'
import type { Policy } from './policy.ts'
import { PolicyError, pathOf } from './policy-error.ts'
import { readJson } from './read-json.ts'
import { readStatement } from './read-statement.ts'
import type { WrittenPolicy } from './syntax.ts'

/**
 * What a policy is attached to: a key's names its principals, and so does a role's trust, which names no resource;
 * those of identities and sessions have none.
 */
export type PolicyKind = 'identity' | 'session' | 'key' | 'trust'

/**
 * Reads a policy in either syntax, told apart by `Version` or `version`. Throws `PolicyError`, with the path of the
 * first fault, for everything that this evaluator would not carry out to the letter.
 */
export function parsePolicy(text: string, kind: PolicyKind): Policy {
  const { syntax, statements } = read(readJson(text))
  return {
    statements: statements.map((statement, index) =>
      readStatement(statement, syntax, kind, [syntax.names.statements, index]),
    ),
  }
}

function read(value: unknown): WrittenPolicy {
  const cam = typeof value === 'object' && value !== null && Object.hasOwn(value, 'version')
  try {
    return cam ? readCam(value) : readIam(value)
  } catch (cause) {
    if (!(cause instanceof ZodError)) throw cause
    const [issue] = cause.issues
    const unknown = issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : []
    throw new PolicyError(pathOf([...(issue?.path ?? []), ...unknown]), uncapital(issue?.message ?? 'malformed'), {
      cause,
    })
  }
}

/** What is quoted in it stays as it is written in a policy. */
const uncapital = (message: string): string => message.charAt(0).toLowerCase() + message.slice(1)
