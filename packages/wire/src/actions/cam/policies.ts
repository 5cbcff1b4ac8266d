import { z } from 'zod'
import type { PolicyChange, PolicyVersionView, PolicyView } from '../../identity-operations.ts'
import type { KeyOperations } from '../../key-operations.ts'
import { integer } from '../../schema/fields.ts'
import type { Action } from '../action.ts'
import { unserved } from '../common-fields.ts'
import { camAction, camPage, document, nothing, number, paging, time } from './cam-fields.ts'
import { givenPolicy, isNamed, policyNames } from './policy-names.ts'

const onPolicy = { PolicyId: number }
const version = integer(1, 1_000_000)

/** CAM counts them: `v3` is 3. */
const versionNumber = (id: string): number => Number(id.slice(1))
/** 1: of the account; 2: stock. */
const typeOf = ({ arn }: Pick<PolicyView, 'arn'>): number => (arn.startsWith('arn:aws:iam::aws:') ? 2 : 1)

const versionShape = ({ id, createdAt, isDefault }: PolicyVersionView) => ({
  VersionId: versionNumber(id),
  CreateDate: time(createdAt),
  IsDefaultVersion: isDefault ? 1 : 0,
})

const shape = (policy: PolicyView) => ({
  PolicyId: policy.number,
  PolicyName: policy.name,
  AddTime: time(policy.createdAt),
  UpdateTime: time(policy.updatedAt),
  Type: typeOf(policy),
  Description: policy.description,
  CreateMode: 2,
  Attachments: policy.attachmentCount,
  ServiceType: '',
  IsAttached: policy.attachmentCount > 0 ? 1 : 0,
  Deactived: 0,
})

const arnOf = (keys: KeyOperations, { PolicyId }: { readonly PolicyId: number }) => keys.nameOf('policy', PolicyId)

interface GivenChange {
  readonly PolicyDocument?: string | undefined
  readonly Description?: string | undefined
}

const changeOf = ({ PolicyDocument, Description }: GivenChange): PolicyChange => ({
  ...(PolicyDocument === undefined ? {} : { document: PolicyDocument }),
  ...(Description === undefined ? {} : { description: Description }),
})

export const policies: readonly Action[] = [
  camAction('CreatePolicy', 'CreatePolicy', {
    changes: true,
    request: z.strictObject({
      PolicyName: z.string().min(1).max(128),
      PolicyDocument: document,
      Description: z.string().max(1_000).optional(),
      Tags: unserved('a tag on a policy', (value) => Array.isArray(value) && value.length === 0),
    }),
    call: (keys, { PolicyName, PolicyDocument, Description }) =>
      keys.createPolicy({
        name: PolicyName,
        document: PolicyDocument,
        ...(Description === undefined ? {} : { description: Description }),
      }),
    answer: (policy) => ({ PolicyId: policy.number }),
  }),
  camAction('GetPolicy', 'GetPolicy', {
    changes: false,
    request: z.strictObject(onPolicy),
    async call(keys, input) {
      const arn = await arnOf(keys, input)
      const policy = await keys.getPolicy(arn)
      return { policy, text: (await keys.getPolicyVersion(arn, policy.defaultVersion)).document }
    },
    answer: ({ policy, text }) => ({
      PolicyName: policy.name,
      Description: policy.description,
      Type: typeOf(policy),
      AddTime: time(policy.createdAt),
      UpdateTime: time(policy.updatedAt),
      PolicyDocument: text,
      PresetAlias: '',
      IsServiceLinkedRolePolicy: 0,
      Tags: [],
    }),
  }),
  camAction('ListPolicies', 'ListPolicies', {
    changes: false,
    request: z.strictObject({
      ...paging,
      Scope: z.enum(['All', 'QCS', 'Local']).default('All'),
      Keyword: z.string().max(128).default(''),
    }),
    call: (keys, { Scope }) => keys.listPolicies(Scope === 'QCS' ? 'AWS' : Scope),
    answer(policies, input) {
      const found = policies.filter((policy) => policy.name.includes(input.Keyword))
      return { TotalNum: found.length, List: camPage(found, input).map(shape), ServiceTypeList: [] }
    },
  }),
  camAction('UpdatePolicy', 'CreatePolicyVersion', {
    changes: true,
    request: z
      .strictObject({
        ...policyNames,
        PolicyDocument: document.optional(),
        Description: z.string().max(1_000).optional(),
      })
      .refine(isNamed, 'expected PolicyId or PolicyName'),
    async call(keys, input) {
      const policy = await givenPolicy(keys, input)
      await keys.updatePolicy(policy.arn, changeOf(input))
      return policy
    },
    answer: ({ number: PolicyId }) => ({ PolicyId }),
  }),
  camAction('DeletePolicy', 'DeletePolicy', {
    changes: true,
    request: z.strictObject({ PolicyId: z.array(number).min(1).max(50) }),
    async call(keys, { PolicyId }) {
      for (const id of PolicyId) await keys.deletePolicy(await arnOf(keys, { PolicyId: id }))
    },
    answer: nothing,
  }),
  camAction('CreatePolicyVersion', 'CreatePolicyVersion', {
    changes: true,
    request: z.strictObject({ ...onPolicy, PolicyDocument: document, SetAsDefault: z.boolean() }),
    call: async (keys, input) =>
      keys.createPolicyVersion(await arnOf(keys, input), input.PolicyDocument, input.SetAsDefault),
    answer: ({ id }) => ({ VersionId: versionNumber(id) }),
  }),
  camAction('GetPolicyVersion', 'GetPolicyVersion', {
    changes: false,
    request: z.strictObject({ ...onPolicy, VersionId: version }),
    call: async (keys, input) => keys.getPolicyVersion(await arnOf(keys, input), `v${input.VersionId}`),
    answer: (view) => ({ PolicyVersion: { ...versionShape(view), Document: view.document } }),
  }),
  camAction('ListPolicyVersions', 'ListPolicyVersions', {
    changes: false,
    request: z.strictObject(onPolicy),
    call: async (keys, input) => keys.listPolicyVersions(await arnOf(keys, input)),
    answer: (versions) => ({ Versions: versions.map(versionShape) }),
  }),
  camAction('SetDefaultPolicyVersion', 'SetDefaultPolicyVersion', {
    changes: true,
    request: z.strictObject({ ...onPolicy, VersionId: version }),
    call: async (keys, input) => keys.setDefaultPolicyVersion(await arnOf(keys, input), `v${input.VersionId}`),
    answer: nothing,
  }),
  camAction('DeletePolicyVersion', 'DeletePolicyVersion', {
    changes: true,
    request: z.strictObject({ ...onPolicy, VersionId: z.array(version).min(1).max(10) }),
    async call(keys, input) {
      const arn = await arnOf(keys, input)
      for (const id of input.VersionId) await keys.deletePolicyVersion(arn, `v${id}`)
    },
    answer: nothing,
  }),
  camAction('ListEntitiesForPolicy', 'ListEntitiesForPolicy', {
    changes: false,
    request: z.strictObject({ ...onPolicy, ...paging }),
    call: async (keys, input) => keys.entitiesForPolicy(await arnOf(keys, input)),
    answer: (bearers, input) => ({
      TotalNum: bearers.length,
      List: camPage(bearers, input).map(({ kind, name: Name, number: Uin }) => ({
        Id: String(Uin),
        Name,
        Uin: kind === 'user' ? Uin : 0,
        RelatedType: { user: 1, group: 2, role: 3 }[kind],
      })),
    }),
  }),
]
