import { z } from 'zod'
import type { AssumedRole, SecondFactor, SessionCredentials } from '../../identity-operations.ts'
import { integer } from '../../schema/fields.ts'
import { arn, iso, listOf, policyText } from '../iam/iam-fields.ts'

export const STS_VERSION = '2011-06-15'

export type SessionTokenInput = SecondFactor & { readonly durationSeconds?: number }

export interface FederationInput {
  readonly name: string
  readonly policies: readonly string[]
  readonly durationSeconds?: number
}

export const narrowing = {
  Policy: policyText.optional(),
  PolicyArns: listOf(z.strictObject({ arn })).default([]),
  DurationSeconds: integer(900, 129_600).optional(),
}

interface Narrowing {
  readonly Policy?: string | undefined
  readonly PolicyArns: readonly { readonly arn: string }[]
  readonly DurationSeconds?: number | undefined
}

export const narrowingOf = ({ Policy, PolicyArns, DurationSeconds }: Narrowing) => ({
  ...(Policy === undefined ? {} : { policies: [Policy] }),
  policyArns: PolicyArns.map(({ arn }) => arn),
  ...(DurationSeconds === undefined ? {} : { durationSeconds: DurationSeconds }),
})

export const secondFactor = {
  SerialNumber: z.string().min(9).max(256).optional(),
  TokenCode: z
    .string()
    .regex(/^\d{6}$/)
    .optional(),
}

export const secondFactorOf = (given: {
  readonly SerialNumber?: string | undefined
  readonly TokenCode?: string | undefined
}) => ({
  ...(given.SerialNumber === undefined ? {} : { serialNumber: given.SerialNumber }),
  ...(given.TokenCode === undefined ? {} : { tokenCode: given.TokenCode }),
})

export const credentialsShape = (credentials: SessionCredentials) => ({
  AccessKeyId: credentials.accessKeyId,
  SecretAccessKey: credentials.secretAccessKey,
  SessionToken: credentials.sessionToken,
  Expiration: iso(credentials.expiresAt),
})

export const assumedShape = ({ credentials, arn, assumedRoleId }: AssumedRole) => ({
  Credentials: credentialsShape(credentials),
  AssumedRoleUser: { AssumedRoleId: assumedRoleId, Arn: arn },
})
