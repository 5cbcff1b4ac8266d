import { HufuError, keyIdOfArn, type Rotated, type RotationEntry, type RotationStatus } from '@hufu/wire'
import type { Key } from '../key/key.ts'
import type { Call } from '../kms.ts'
import { DAY, rotationPeriod } from '../limits.ts'
import { isPrimary, primaryHere, toldLater } from '../replication/group.ts'
import type { Reads } from '../store/store.ts'

export function enableRotation(call: Call, keyId: string, days?: number): Promise<void> {
  return call.change({ action: 'EnableKeyRotation', keyName: keyId, needs: 'rotate' }, (writes, key) => {
    checkRotates(call, key)
    const rotationDays = rotationPeriod(days)
    const nextRotationAt = call.kms.clock() + rotationDays * DAY
    return writes.updateKey({ ...told(call, key), rotationDays, nextRotationAt })
  })
}

export function disableRotation(call: Call, keyId: string): Promise<void> {
  return call.change({ action: 'DisableKeyRotation', keyName: keyId, needs: 'edit' }, (writes, key) => {
    checkRotatable(key)
    checkPrimary(call, key)
    return writes.updateKey({ ...told(call, key), rotationDays: null, nextRotationAt: null })
  })
}

export function rotationStatus(call: Call, keyId: string): Promise<RotationStatus> {
  return call.use({ action: 'GetKeyRotationStatus', keyName: keyId, needs: 'describe' }, async (key) => {
    checkRotatable(key)
    return {
      keyId: call.arn(key),
      enabled: key.rotationDays !== null,
      days: key.rotationDays,
      nextAt: key.nextRotationAt,
      lastAt: key.lastRotatedAt,
    }
  })
}

/** The new version is made before the change, which is then short; while one runs, another is refused. */
export async function rotateKey(call: Call, keyId: string): Promise<Rotated> {
  const request = { action: 'RotateKeyOnDemand', keyName: keyId, needs: 'rotate', change: 'version' } as const
  const rotated = await call.change(request, async (writes, key) => {
    checkRotates(call, key)
    await checkRate(call, writes, key)
    const version = await call.kms.rotations.addVersion(writes, key, 'on demand')
    return { keyId: call.arn(key), version }
  })
  await call.kms.replication.tell(keyIdOfArn(rotated.keyId))
  return rotated
}

export function listRotations(call: Call, keyId: string): Promise<readonly RotationEntry[]> {
  return call.use({ action: 'ListKeyRotations', keyName: keyId, needs: 'describe' }, (key) =>
    call.kms.store.rotations(key.id),
  )
}

/** AWS's limit of a key, of which ours is that of a year: each version is kept for ever. */
const ON_DEMAND_MAX = 25

async function checkRate({ kms }: Call, reads: Reads, { id }: Key): Promise<void> {
  const made = await reads.rotationsOnDemand(id, kms.clock() - 365 * DAY)
  if (made < ON_DEMAND_MAX) return
  throw new HufuError(
    'RotationRateLimited',
    `expected at most ${ON_DEMAND_MAX} rotations on demand of a key in 365 days, received one more`,
  )
}

const told = (call: Call, key: Key): Key => toldLater(key, call.kms.place.region, call.kms.clock())

function checkRotates(call: Call, key: Key): void {
  if (key.origin === 'EXTERNAL')
    throw new HufuError(
      'ExternalKeyNotRotated',
      'expected a key whose material the service makes, received one that was imported',
    )
  checkPrimary(call, key)
  checkRotatable(key)
}

/** What is never rotated has no rotation to speak of either. */
function checkRotatable({ spec }: Key): void {
  if (spec === 'AES_256' || spec === 'SM4') return
  throw new HufuError('RotationNotSupported', `expected a symmetric encryption key, received ${spec}`)
}

function checkPrimary({ kms }: Call, key: Key): void {
  if (!isPrimary(key, kms.place.region)) primaryHere(key, kms.place.region)
}
