import { constants, createPublicKey, publicEncrypt, randomBytes } from 'node:crypto'
import type { FaultyRegion } from './faulty-region.ts'

/** How a key can be lost for ever, a week from now at the latest. */
export type Loss = 'destroyed' | 'emptied' | 'expired'

const WEEK = 7 * 86_400

interface Way {
  /** Whether its material was brought. */
  readonly imported: boolean
  /** What whoever opens what was sealed under it is told. */
  readonly reason: string
  begin(region: FaultyRegion, alias: string): Promise<void>
}

export const lost: Readonly<Record<Loss, Way>> = {
  destroyed: {
    imported: false,
    reason: 'the name of a key',
    begin: (region, alias) => region.change('ScheduleKeyDeletion', alias, { PendingWindowInDays: 7 }),
  },
  emptied: {
    imported: true,
    reason: 'pending import',
    begin: (region, alias) => region.change('DeleteImportedKeyMaterial', alias),
  },
  expired: { imported: true, reason: 'pending import', begin: async () => {} },
}

/** Makes a key that can be lost in that way. */
export async function newKey(region: FaultyRegion, alias: string, loss: Loss): Promise<void> {
  const origin = lost[loss].imported ? { Origin: 'EXTERNAL' } : {}
  const { KeyMetadata } = (await region.call('CreateKey', origin)) as { KeyMetadata: { KeyId: string } }
  const { KeyId } = KeyMetadata
  await region.call('CreateAlias', { AliasName: alias, TargetKeyId: KeyId })
  if (lost[loss].imported) await bringMaterial(region, KeyId, loss === 'expired')
}

async function bringMaterial(region: FaultyRegion, KeyId: string, expires: boolean): Promise<void> {
  const algorithm = { WrappingAlgorithm: 'RSAES_OAEP_SHA_256', WrappingKeySpec: 'RSA_2048' }
  const { ImportToken, PublicKey } = await region.call('GetParametersForImport', { KeyId, ...algorithm })
  const key = createPublicKey({ key: Buffer.from(String(PublicKey), 'base64'), type: 'spki', format: 'der' })
  const padding = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' }
  const EncryptedKeyMaterial = publicEncrypt({ key, ...padding }, randomBytes(32)).toString('base64')
  const expiry = expires
    ? { ExpirationModel: 'KEY_MATERIAL_EXPIRES', ValidTo: Math.floor(Date.now() / 1000) + WEEK }
    : { ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' }
  await region.call('ImportKeyMaterial', { KeyId, ImportToken, EncryptedKeyMaterial, ...expiry })
}
