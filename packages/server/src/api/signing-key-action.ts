import { type Action, action, encodeBase64, type SigningScope } from '@hufu/wire'
import { z } from 'zod'
import { checkToken, UNKNOWN } from '../authenticate/authenticator.ts'
import type { Signers } from '../authenticate/signers.ts'

interface SigningKeyInput {
  readonly accessKeyId: string
  readonly scope: SigningScope
  readonly sessionToken: string | undefined
}

const request = z
  .strictObject({
    AccessKeyId: z.string().min(1).max(128),
    Date: z.string().regex(/^\d{8}$/),
    Region: z.string().min(1).max(64),
    Service: z.string().min(1).max(64),
    SessionToken: z.string().min(1).max(4096).optional(),
  })
  .transform(({ AccessKeyId, Date: date, Region: region, Service: service, SessionToken }) => ({
    accessKeyId: AccessKeyId,
    sessionToken: SessionToken,
    scope: { date, region, service },
  }))

/** `expiresAt`, in milliseconds since the epoch, is there for temporary credentials. */
interface SigningKey {
  readonly principal: string
  readonly key: Uint8Array
  readonly expiresAt?: number
}

/**
 * `HufuService.GetSigningKey`: an adapter in a process of its own learns how to check its callers'
 * signatures, of one day, region and service, and never a secret.
 */
export const signingKeyAction = (signers: Signers): Action =>
  action<SigningKeyInput, SigningKey>({
    permission: 'kms:GetSigningKey',
    subject: 'AccessKeyId',
    changes: false,
    inServer: true,
    async call(keys, { accessKeyId, scope, sessionToken }) {
      const known = await signers.find(accessKeyId).catch(() => null)
      await keys.authorise('kms:GetSigningKey', known?.principal ?? UNKNOWN)
      const signer = known ?? (await signers.find(accessKeyId))
      checkToken(signer, sessionToken)
      const { principal, session } = signer
      const end = session === undefined ? {} : { expiresAt: session.expiresAt }
      return { principal, key: signer.sigV4Key(scope), ...end }
    },
    aws: {
      name: 'HufuService.GetSigningKey',
      request,
      answer: ({ principal, key, expiresAt }) => ({
        Principal: principal,
        SigningKey: encodeBase64(key),
        ...(expiresAt === undefined ? {} : { Expiration: expiresAt / 1000 }),
      }),
    },
  })
