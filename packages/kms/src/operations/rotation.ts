import { HufuError, type Rotated, type RotationEntry, type RotationStatus } from '@hufu/wire'
import type { Key } from '../key/key.ts'
import type { Call } from '../kms.ts'
import { DAY, rotationPeriod } from '../limits.ts'

export function enableRotation(call: Call, keyId: string, days?: number): Promise<void> {
  return call.change({ action: 'EnableKeyRotation', keyName: keyId, needs: 'rotate' }, (writes, key) => {
    checkRotates(key)
    const rotationDays = rotationPeriod(days)
    return writes.updateKey({ ...key, rotationDays, nextRotationAt: call.kms.clock() + rotationDays * DAY })
  })
}

export function disableRotation(call: Call, keyId: string): Promise<void> {
  return call.change({ action: 'DisableKeyRotation', keyName: keyId, needs: 'edit' }, (writes, key) =>
    writes.updateKey({ ...key, rotationDays: null, nextRotationAt: null }),
  )
}

export function rotationStatus(call: Call, keyId: string): Promise<RotationStatus> {
  return call.use({ action: 'GetKeyRotationStatus', keyName: keyId, needs: 'describe' }, async (key) => ({
    keyId: call.arn(key),
    enabled: key.rotationDays !== null,
    days: key.rotationDays,
    nextAt: key.nextRotationAt,
    lastAt: key.lastRotatedAt,
  }))
}

/** The new version is made before the change, which is then short; while one runs, another is refused. */
export function rotateKey(call: Call, keyId: string): Promise<Rotated> {
  const request = { action: 'RotateKeyOnDemand', keyName: keyId, needs: 'rotate', change: 'version' } as const
  return call.change(request, async (writes, key) => {
    checkRotates(key)
    const version = await call.kms.rotations.addVersion(writes, key, 'on demand')
    return { keyId: call.arn(key), version }
  })
}

export function listRotations(call: Call, keyId: string): Promise<readonly RotationEntry[]> {
  return call.use({ action: 'ListKeyRotations', keyName: keyId, needs: 'describe' }, (key) =>
    call.kms.store.rotations(key.id),
  )
}

function checkRotates({ spec, origin }: Key): void {
  if (origin === 'EXTERNAL')
    throw new HufuError(
      'ExternalKeyNotRotated',
      'expected a key whose material the service makes, received one that was imported',
    )
  if (spec === 'AES_256' || spec === 'SM4') return
  throw new HufuError('RotationNotSupported', `expected a symmetric encryption key, received ${spec}`)
}
