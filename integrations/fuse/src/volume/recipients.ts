import { Secret } from '@hufu/crypto'
import { isPassing, type KeyService } from '@hufu/wire'
import { headerContext, type Recipient, VOLUME_KEY_SIZE, type VolumeHeader } from '../header/header.ts'
import { VolumeError } from '../volume-error.ts'

/** A CMK of some KMS. */
export interface VolumeKeyName {
  readonly service: KeyService
  readonly keyId: string
}

/** Wraps the volume key under the CMK. */
export async function wrapFor(
  key: VolumeKeyName,
  header: Pick<VolumeHeader, 'id'>,
  volumeKey: Secret,
): Promise<Recipient> {
  const { keyId, ciphertext } = await key.service.encrypt({
    keyId: key.keyId,
    plaintext: volumeKey.bytes(),
    context: headerContext(header),
  })
  return { keyId, wrappedKey: Buffer.from(ciphertext).toString('base64') }
}

/** The volume key, by the first recipient that any of the services opens. Each one's reason is in the error. */
export async function unwrap(header: VolumeHeader, services: readonly KeyService[]): Promise<Secret> {
  const reasons: unknown[] = []
  for (const service of services)
    for (const recipient of header.recipients)
      try {
        return await unwrapOne(header, recipient, service)
      } catch (error) {
        reasons.push(error)
      }
  throw refusal(reasons)
}

async function unwrapOne(header: VolumeHeader, { keyId, wrappedKey }: Recipient, service: KeyService): Promise<Secret> {
  const ciphertext = Buffer.from(wrappedKey, 'base64')
  const { plaintext } = await service.decrypt({ ciphertext, keyId, context: headerContext(header) })
  if (plaintext.length !== VOLUME_KEY_SIZE)
    throw new VolumeError('DamagedHeader', `${keyId}: expected a volume key of ${VOLUME_KEY_SIZE} bytes`)
  return Secret.take(plaintext)
}

/** Unreachable only where no service gave its answer: one that refuses must not look like an outage. */
function refusal(reasons: readonly unknown[]): VolumeError {
  const unreachable = reasons.every(isPassing)
  const told = reasons.map((reason) => (reason instanceof Error ? reason.message : String(reason))).join('; ')
  return new VolumeError(unreachable ? 'Unreachable' : 'KeyRefused', told || 'no KMS was given', { cause: reasons[0] })
}
