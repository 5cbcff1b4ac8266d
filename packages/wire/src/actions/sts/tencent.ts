import { z } from 'zod'
import type {
  AssumedRole,
  AssumeRoleInput,
  CallerIdentity,
  SessionCredentials,
  WebIdentityInput,
  WebIdentitySession,
} from '../../identity-operations.ts'
import { integer } from '../../schema/fields.ts'
import type { WireForm } from '../action.ts'
import { unserved } from '../common-fields.ts'
import { iso } from '../iam/iam-fields.ts'
import {
  type FederationInput,
  secondFactor as iamSecondFactor,
  type SessionTokenInput,
  secondFactorOf,
} from './sts-fields.ts'

/** Tencent Cloud STS: how it asks for the actions of `sts`. */
const TENCENT_STS_VERSION = '2018-08-13'

const ROLE = /^qcs::cam::uin\/(\d{1,12}):roleName\/([\w+=,.@-]{1,64})$/

/** A role by CAM's name or by IAM's. */
const roleArn = z.string().transform((text, context) => {
  const [, uin = '', name] = ROLE.exec(text) ?? []
  if (name !== undefined) return `arn:aws:iam::${uin.padStart(12, '0')}:role/${name}`
  if (text.startsWith('arn:aws:iam::')) return text
  context.addIssue('expected qcs::cam::uin/OWNER:roleName/ROLE')
  return z.NEVER
})

const DEVICE = /^qcs::cam:uin\/(\d{1,12})::mfa\/softToken$/

/** A device by IAM's serial number or, as CAM has it, whichever the caller has. */
const secondFactor = {
  ...iamSecondFactor,
  SerialNumber: iamSecondFactor.SerialNumber.transform((serial) => {
    const [, uin] = DEVICE.exec(serial ?? '') ?? []
    return uin === undefined ? serial : `arn:aws:iam::${uin.padStart(12, '0')}:mfa`
  }),
}

const sessionName = z.string().min(2).max(64)
const duration = integer(1, 129_600).optional()
/** Tencent's clients send it percent-encoded. */
const policy = z
  .string()
  .max(40_000)
  .transform((text) => (text.startsWith('%7B') ? decodeURIComponent(text) : text))

const shape = ({ accessKeyId, secretAccessKey, sessionToken, expiresAt }: SessionCredentials) => ({
  Credentials: { Token: sessionToken, TmpSecretId: accessKeyId, TmpSecretKey: secretAccessKey },
  ExpiredTime: Math.floor(expiresAt / 1000),
  Expiration: iso(expiresAt),
})

const durationOf = (seconds: number | undefined) => (seconds === undefined ? {} : { durationSeconds: seconds })

export const assumeRole: WireForm<AssumeRoleInput, AssumedRole> = {
  name: 'AssumeRole',
  version: TENCENT_STS_VERSION,
  request: z
    .strictObject({
      RoleArn: roleArn,
      RoleSessionName: sessionName,
      DurationSeconds: duration,
      Policy: policy.optional(),
      ExternalId: z.string().min(2).max(128).optional(),
      Tags: unserved('a session tag', (value) => Array.isArray(value) && value.length === 0),
      SourceIdentity: unserved('a source identity', (value) => value === ''),
      ...secondFactor,
    })
    .transform((given) => ({
      roleArn: given.RoleArn,
      sessionName: given.RoleSessionName,
      ...durationOf(given.DurationSeconds),
      ...(given.Policy === undefined ? {} : { policies: [given.Policy] }),
      ...(given.ExternalId === undefined ? {} : { externalId: given.ExternalId }),
      ...secondFactorOf(given),
    })),
  answer: ({ credentials }) => shape(credentials),
}

export const assumeRoleWithWebIdentity: WireForm<WebIdentityInput, WebIdentitySession> = {
  name: 'AssumeRoleWithWebIdentity',
  version: TENCENT_STS_VERSION,
  request: z
    .strictObject({
      ProviderId: z.string().min(1).max(255),
      WebIdentityToken: z.string().min(4).max(20_000),
      RoleArn: roleArn,
      RoleSessionName: sessionName,
      DurationSeconds: duration,
    })
    .transform((given) => ({
      provider: given.ProviderId,
      token: given.WebIdentityToken,
      roleArn: given.RoleArn,
      sessionName: given.RoleSessionName,
      ...durationOf(given.DurationSeconds),
    })),
  answer: ({ credentials }) => shape(credentials),
}

export const getSessionToken: WireForm<SessionTokenInput, SessionCredentials> = {
  name: 'GetSessionToken',
  version: TENCENT_STS_VERSION,
  request: z
    .strictObject({ ...secondFactor, DurationSeconds: duration })
    .transform(({ DurationSeconds, ...factor }) => ({ ...durationOf(DurationSeconds), ...secondFactorOf(factor) })),
  answer: shape,
}

export const getFederationToken: WireForm<FederationInput, SessionCredentials> = {
  name: 'GetFederationToken',
  version: TENCENT_STS_VERSION,
  request: z
    .strictObject({ Name: sessionName, Policy: policy, DurationSeconds: duration })
    .transform(({ Name, Policy, DurationSeconds }) => ({
      name: Name,
      policies: [Policy],
      ...durationOf(DurationSeconds),
    })),
  answer: shape,
}

export const getCallerIdentity: WireForm<object, CallerIdentity> = {
  name: 'GetCallerIdentity',
  version: TENCENT_STS_VERSION,
  request: z.strictObject({}),
  answer: ({ arn, account, userId }) => ({
    Arn: arn,
    AccountId: account,
    UserId: userId,
    PrincipalId: userId,
    Type: arn.endsWith(':root') ? 'RootAccount' : arn.includes(':assumed-role/') ? 'CAMRole' : 'CAMUser',
  }),
}
