import { z } from 'zod'
import type { BearerName, PolicyVersionView, PolicyView } from '../../identity-operations.ts'
import { orderedNumber } from '../../page-after.ts'
import type { Action } from '../action.ts'
import { unserved } from '../common-fields.ts'
import {
  arn,
  entityName,
  flag,
  iamAction,
  iso,
  nothing,
  PagedList,
  pathName,
  pathPrefix,
  policyText,
  shown,
} from './iam-fields.ts'

const shape = (policy: PolicyView) => ({
  PolicyName: policy.name,
  PolicyId: policy.id,
  Arn: policy.arn,
  Path: policy.path,
  DefaultVersionId: policy.defaultVersion,
  AttachmentCount: policy.attachmentCount,
  IsAttachable: true,
  ...(policy.description === '' ? {} : { Description: policy.description }),
  CreateDate: iso(policy.createdAt),
  UpdateDate: iso(policy.updatedAt),
})

const versionShape = ({ id, document, isDefault, createdAt }: PolicyVersionView) => ({
  VersionId: id,
  IsDefaultVersion: isDefault,
  CreateDate: iso(createdAt),
  Document: shown(document),
})

const onPolicy = z.strictObject({ PolicyArn: arn })
const versionId = z.string().regex(/^v\d{1,6}$/)
const onVersion = z.strictObject({ PolicyArn: arn, VersionId: versionId })
const list = new PagedList<PolicyView>('policies', ({ arn }) => arn)
/** The newest first. */
const versionList = new PagedList<PolicyVersionView>(
  'versions of a policy',
  ({ id }) => orderedNumber(Number(id.slice(1))),
  'downwards',
)
const bearers = new PagedList<BearerName>('bearers of a policy', ({ kind, name }) => `${kind}:${name.toLowerCase()}`)

export const policies: readonly Action[] = [
  iamAction('CreatePolicy', {
    changes: true,
    request: z
      .strictObject({
        PolicyName: entityName,
        PolicyDocument: policyText,
        Path: pathName,
        Description: z.string().max(1_000).optional(),
        Tags: unserved('a tag on a policy', (value) => value === ''),
      })
      .transform(({ PolicyName, PolicyDocument, Path, Description }) => ({
        name: PolicyName,
        document: PolicyDocument,
        ...(Path === undefined ? {} : { path: Path }),
        ...(Description === undefined ? {} : { description: Description }),
      })),
    call: (keys, input) => keys.createPolicy(input),
    answer: (policy) => ({ Policy: shape(policy) }),
  }),
  iamAction('GetPolicy', {
    changes: false,
    request: onPolicy,
    call: (keys, { PolicyArn }) => keys.getPolicy(PolicyArn),
    answer: (policy) => ({ Policy: shape(policy) }),
  }),
  iamAction('ListPolicies', {
    changes: false,
    request: z.strictObject({
      ...list.fields,
      PathPrefix: pathPrefix,
      Scope: z.enum(['All', 'AWS', 'Local']).default('All'),
      OnlyAttached: flag.default(false),
    }),
    call: (keys, { Scope }) => keys.listPolicies(Scope),
    answer(policies, page) {
      const chosen = page.OnlyAttached ? policies.filter(({ attachmentCount }) => attachmentCount > 0) : policies
      const under = chosen.filter(({ path }) => path.startsWith(page.PathPrefix))
      return list.answer('Policies', under, page, shape)
    },
  }),
  iamAction('DeletePolicy', {
    changes: true,
    request: onPolicy,
    call: (keys, { PolicyArn }) => keys.deletePolicy(PolicyArn),
    answer: nothing,
  }),
  iamAction('ListEntitiesForPolicy', {
    changes: false,
    request: z.strictObject({ PolicyArn: arn, ...bearers.fields }),
    call: (keys, { PolicyArn }) => keys.entitiesForPolicy(PolicyArn),
    answer(all, paged) {
      const { page, truncation } = bearers.page(all, paged)
      const of = (kind: string) => page.filter((bearer) => bearer.kind === kind)
      return {
        PolicyUsers: of('user').map(({ name, id }) => ({ UserName: name, UserId: id })),
        PolicyGroups: of('group').map(({ name, id }) => ({ GroupName: name, GroupId: id })),
        PolicyRoles: of('role').map(({ name, id }) => ({ RoleName: name, RoleId: id })),
        ...truncation,
      }
    },
  }),
  iamAction('CreatePolicyVersion', {
    changes: true,
    request: z.strictObject({ PolicyArn: arn, PolicyDocument: policyText, SetAsDefault: flag.default(false) }),
    call: (keys, { PolicyArn, PolicyDocument, SetAsDefault }) =>
      keys.createPolicyVersion(PolicyArn, PolicyDocument, SetAsDefault),
    answer: (version) => ({ PolicyVersion: versionShape(version) }),
  }),
  iamAction('GetPolicyVersion', {
    changes: false,
    request: onVersion,
    call: (keys, { PolicyArn, VersionId }) => keys.getPolicyVersion(PolicyArn, VersionId),
    answer: (version) => ({ PolicyVersion: versionShape(version) }),
  }),
  iamAction('ListPolicyVersions', {
    changes: false,
    request: z.strictObject({ PolicyArn: arn, ...versionList.fields }),
    call: (keys, { PolicyArn }) => keys.listPolicyVersions(PolicyArn),
    answer: (versions, page) => versionList.answer('Versions', versions, page, versionShape),
  }),
  iamAction('SetDefaultPolicyVersion', {
    changes: true,
    request: onVersion,
    call: (keys, { PolicyArn, VersionId }) => keys.setDefaultPolicyVersion(PolicyArn, VersionId),
    answer: nothing,
  }),
  iamAction('DeletePolicyVersion', {
    changes: true,
    request: onVersion,
    call: (keys, { PolicyArn, VersionId }) => keys.deletePolicyVersion(PolicyArn, VersionId),
    answer: nothing,
  }),
]
