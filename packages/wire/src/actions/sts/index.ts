import { z } from 'zod'
import type {
  AssumedRole,
  AssumeRoleInput,
  CallerIdentity,
  FederatedCredentials,
  SessionCredentials,
  WebIdentityInput,
  WebIdentitySession,
} from '../../identity-operations.ts'
import { integer } from '../../schema/fields.ts'
import { type Action, action } from '../action.ts'
import { unserved } from '../common-fields.ts'
import { arn, policyText } from '../iam/iam-fields.ts'
import {
  assumedShape,
  credentialsShape,
  type FederationInput,
  narrowing,
  narrowingOf,
  type SessionTokenInput,
  STS_VERSION,
  secondFactor,
  secondFactorOf,
} from './sts-fields.ts'
import * as tencent from './tencent.ts'

const sessionName = z.string().min(2).max(64)
const noTags = unserved('a session tag', (value) => value === '')

const getCallerIdentity = action<object, CallerIdentity>({
  permission: 'sts:GetCallerIdentity',
  changes: false,
  call: (keys) => keys.callerIdentity(),
  tencent: tencent.getCallerIdentity,
  query: {
    name: 'GetCallerIdentity',
    version: STS_VERSION,
    request: z.strictObject({}),
    answer: ({ arn, account, userId }) => ({ Arn: arn, UserId: userId, Account: account }),
  },
})

const getAccessKeyInfo = action<{ readonly AccessKeyId: string }, string>({
  permission: 'sts:GetAccessKeyInfo',
  subject: 'AccessKeyId',
  changes: false,
  call: (keys, { AccessKeyId }) => keys.accessKeyAccount(AccessKeyId),
  query: {
    name: 'GetAccessKeyInfo',
    version: STS_VERSION,
    request: z.strictObject({ AccessKeyId: z.string().min(16).max(128) }),
    answer: (account) => ({ Account: account }),
  },
})

const getSessionToken = action<SessionTokenInput, SessionCredentials>({
  permission: 'sts:GetSessionToken',
  changes: true,
  call: (keys, input) => keys.sessionToken(input),
  tencent: tencent.getSessionToken,
  query: {
    name: 'GetSessionToken',
    version: STS_VERSION,
    request: z
      .strictObject({ DurationSeconds: integer(900, 129_600).optional(), ...secondFactor })
      .transform(({ DurationSeconds, ...factor }) => ({
        ...(DurationSeconds === undefined ? {} : { durationSeconds: DurationSeconds }),
        ...secondFactorOf(factor),
      })),
    answer: (credentials) => ({ Credentials: credentialsShape(credentials) }),
  },
})

const getFederationToken = action<FederationInput, FederatedCredentials>({
  permission: 'sts:GetFederationToken',
  changes: true,
  call: (keys, input) => keys.federationToken(input),
  tencent: tencent.getFederationToken,
  query: {
    name: 'GetFederationToken',
    version: STS_VERSION,
    request: z
      .strictObject({
        Name: sessionName,
        Policy: policyText.optional(),
        DurationSeconds: integer(900, 129_600).optional(),
        PolicyArns: unserved('a policy ARN', (value) => value === ''),
        Tags: noTags,
      })
      .transform(({ Name, Policy, DurationSeconds }) => ({
        name: Name,
        policies: Policy === undefined ? [] : [Policy],
        ...(DurationSeconds === undefined ? {} : { durationSeconds: DurationSeconds }),
      })),
    answer: (credentials, { name }) => ({
      Credentials: credentialsShape(credentials),
      FederatedUser: { FederatedUserId: name, Arn: credentials.arn },
    }),
  },
})

const assumeRole = action<AssumeRoleInput, AssumedRole>({
  permission: 'sts:AssumeRole',
  subject: 'RoleArn',
  changes: true,
  call: (keys, input) => keys.assumeRole(input),
  tencent: tencent.assumeRole,
  query: {
    name: 'AssumeRole',
    version: STS_VERSION,
    request: z
      .strictObject({
        RoleArn: arn,
        RoleSessionName: sessionName,
        ExternalId: z.string().min(2).max(1224).optional(),
        ...narrowing,
        ...secondFactor,
        Tags: noTags,
        TransitiveTagKeys: noTags,
      })
      .transform(({ RoleArn, RoleSessionName, ExternalId, ...rest }) => ({
        roleArn: RoleArn,
        sessionName: RoleSessionName,
        ...(ExternalId === undefined ? {} : { externalId: ExternalId }),
        ...narrowingOf(rest),
        ...secondFactorOf(rest),
      })),
    answer: assumedShape,
  },
})

const assumeRoleWithWebIdentity = action<WebIdentityInput, WebIdentitySession>({
  permission: 'sts:AssumeRoleWithWebIdentity',
  subject: 'RoleArn',
  changes: true,
  unsigned: true,
  call: (keys, input) => keys.assumeRoleWithWebIdentity(input),
  tencent: tencent.assumeRoleWithWebIdentity,
  query: {
    name: 'AssumeRoleWithWebIdentity',
    version: STS_VERSION,
    request: z
      .strictObject({
        RoleArn: arn,
        RoleSessionName: sessionName,
        WebIdentityToken: z.string().min(4).max(20_000),
        ProviderId: unserved('an OAuth provider', () => false),
        ...narrowing,
      })
      .transform(({ RoleArn, RoleSessionName, WebIdentityToken, ...rest }) => ({
        roleArn: RoleArn,
        sessionName: RoleSessionName,
        token: WebIdentityToken,
        ...narrowingOf(rest),
      })),
    answer: ({ subject, audience, provider, ...assumed }) => ({
      ...assumedShape(assumed),
      SubjectFromWebIdentityToken: subject,
      Audience: audience,
      Provider: provider,
    }),
  },
})

/** AWS STS, 2011-06-15, and Tencent Cloud STS. */
export const sts: readonly Action[] = [
  getCallerIdentity,
  getAccessKeyInfo,
  getSessionToken,
  getFederationToken,
  assumeRole,
  assumeRoleWithWebIdentity,
]
