import { z } from 'zod'
import { refusal } from '../schema/parse.ts'

/** The size of a data key by AWS's and Tencent's common name. */
export const dataKeySpec = z.enum(['AES_128', 'AES_256'])

/** Bytes of a data key: the number wins over the spec; 32 when neither is given. */
export const dataKeySize = (spec: 'AES_128' | 'AES_256' | undefined, bytes: number | undefined): number =>
  bytes ?? (spec === 'AES_128' ? 16 : 32)

/** A parameter that may be there only with values that ask for nothing; any other is refused, not ignored. */
export const unserved = (what: string, isNothing: (value: unknown) => boolean) =>
  z
    .unknown()
    .refine(isNothing, refusal('NotSupported', `${what} is not supported`))
    .optional()

const never = (): boolean => false

/** What every AWS request may carry. The server makes a dry run of a request that says so. A grant holds from the moment that it is made, so its token adds nothing. */
export const awsCommon = {
  DryRun: z.boolean().optional(),
  GrantTokens: z.array(z.string().min(1).max(8192)).max(10).optional(),
}

/** Nitro enclave attestation: ignoring it would send plaintext to who asked not to see it. */
export const recipient = { Recipient: unserved('Recipient', never) }

/** There is one HSM, chosen when the service is started. */
export const noCluster = z
  .unknown()
  .refine((value) => value === '', refusal('InvalidHsmCluster', 'expected no HSM cluster'))
  .optional()

/** Data keys have no tags. */
export const noTags = unserved('a tag on a data key', (value) => Array.isArray(value) && value.length === 0)
