import { z } from 'zod'
import type { SimulatedDecision, SimulateInput } from '../../identity-operations.ts'
import { orderedNumber } from '../../page-after.ts'
import type { Action } from '../action.ts'
import { unserved } from '../common-fields.ts'
import { arn, iamAction, listOf, type Paged, PagedList, policyText } from './iam-fields.ts'

/** The request alone says which decisions there are, and in which order. */
const list = new PagedList<readonly [number, SimulatedDecision]>('decisions', ([at]) => orderedNumber(at))

const text = z.string().min(1).max(2048)
const contextEntry = z.strictObject({
  ContextKeyName: text,
  ContextKeyValues: listOf(z.string().max(2048)),
  ContextKeyType: z.string().max(32).optional(),
})

const fields = {
  ActionNames: listOf(text),
  ResourceArns: listOf(text).default([]),
  PolicyInputList: listOf(policyText).default([]),
  ResourcePolicy: policyText.optional(),
  CallerArn: arn.optional(),
  ContextEntries: listOf(contextEntry).default([]),
  ResourceOwner: z.string().max(2048).optional(),
  ResourceHandlingOption: unserved('a resource handling option', () => false),
  PermissionsBoundaryPolicyInputList: unserved('a permissions boundary', (value) => value === ''),
  ...list.fields,
}

const inputSchema = z.strictObject({ ...fields, PolicySourceArn: arn })
const customSchema = z.strictObject({ ...fields, PolicyInputList: listOf(policyText) })

type Fields = Omit<z.infer<typeof inputSchema>, 'PolicySourceArn'>

const inputOf = (given: Fields): Paged & SimulateInput => ({
  Marker: given.Marker,
  MaxItems: given.MaxItems,
  policies: given.PolicyInputList,
  actions: given.ActionNames,
  resources: given.ResourceArns,
  context: Object.fromEntries(
    given.ContextEntries.map(({ ContextKeyName, ContextKeyValues }) => [ContextKeyName, ContextKeyValues]),
  ),
  ...(given.CallerArn === undefined ? {} : { callerArn: given.CallerArn }),
  ...(given.ResourcePolicy === undefined ? {} : { keyPolicy: given.ResourcePolicy }),
})

/** `EvalDecisionDetails` has the reason in words and, beside it, the place of the statement that decided. */
const shape = ({ action, resource, decision, reason, by }: SimulatedDecision) => ({
  EvalActionName: action,
  EvalResourceName: resource,
  EvalDecision: decision,
  MatchedStatements:
    by === null
      ? []
      : [{ SourcePolicyId: by.policy, SourcePolicyType: by.policy === 'key policy' ? 'resource' : 'user' }],
  MissingContextValues: [],
  EvalDecisionDetails: new Map([
    ['reason', reason],
    ...(by === null
      ? []
      : [['statement', `${by.policy} Statement[${by.statement}]${by.sid === null ? '' : ` ${by.sid}`}`] as const]),
  ]),
})

const answer = (decisions: readonly SimulatedDecision[], paged: Paged & SimulateInput) =>
  list.answer('EvaluationResults', [...decisions.entries()], paged, ([, decision]) => shape(decision))

export const simulation: readonly Action[] = [
  iamAction('SimulatePrincipalPolicy', {
    changes: false,
    request: inputSchema.transform((given) => ({ ...inputOf(given), principal: given.PolicySourceArn })),
    call: (keys, input) => keys.simulate(input),
    answer,
  }),
  iamAction('SimulateCustomPolicy', {
    changes: false,
    request: customSchema.transform(inputOf),
    call: (keys, input) => keys.simulate(input),
    answer,
  }),
]
