import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CompiledPolicy, decide, type Policies, parsePolicy } from '../../src/policy/index.ts'
import { asCam } from './as-cam.ts'
import { documents, keyPolicies, questions } from './generated.ts'
import { type IamDocument, type Question, referenceAllows } from './reference-evaluator.ts'

const RUNS = 3_000

const iam = (kind: 'identity' | 'session' | 'key') => (document: IamDocument) =>
  new CompiledPolicy(kind, parsePolicy(JSON.stringify(document), kind))

const grantTo = ({ principal, action, resource }: Question, granted: boolean): Policies['grants'] =>
  granted
    ? [{ id: 'g', grantee: principal.roleArn ?? principal.arn, key: resource, operations: [action.slice(4)] }]
    : []

const lowerCased = (question: Question): Question => ({
  ...question,
  context: new Map([...question.context].map(([key, values]) => [key.toLowerCase(), values])),
})

describe('the evaluator decides as the reference does', () => {
  it('on generated identity, key and session policies and grants together', () => {
    const seen = new Set<string>()
    fc.assert(
      fc.property(
        fc.array(documents('identity'), { maxLength: 2 }),
        fc.option(keyPolicies),
        fc.option(fc.array(documents('identity'), { minLength: 1, maxLength: 2 })),
        fc.boolean(),
        questions,
        (identity, key, session, hasGrant, question) => {
          const granted = hasGrant && key !== null
          const decision = decide(question, {
            identity: identity.map(iam('identity')),
            key: key === null ? null : iam('key')(key),
            session: session === null ? null : session.map(iam('session')),
            grants: grantTo(question, granted),
          })
          seen.add(decision.reason)
          expect(decision.allowed).toBe(referenceAllows(lowerCased(question), { identity, key, session, granted }))
        },
      ),
      { numRuns: RUNS },
    )
    expect(seen.size).toBe(10)
  })

  it('on the same policy in either syntax', () => {
    const outcomes = { true: 0, false: 0 }
    fc.assert(
      fc.property(documents('identity', false), questions, (document, question) => {
        const cam = new CompiledPolicy('cam', parsePolicy(asCam(document), 'identity'))
        const policies = { key: null, session: null, grants: [] }
        const { allowed } = decide(question, { ...policies, identity: [cam] })
        const expected = referenceAllows(lowerCased(question), {
          identity: [document],
          key: null,
          session: null,
          granted: false,
        })
        expect(allowed).toBe(expected)
        outcomes[`${expected}`] += 1
      }),
      { numRuns: RUNS },
    )
    expect(Math.min(outcomes.true, outcomes.false)).toBeGreaterThan(RUNS / 20)
  })
})
