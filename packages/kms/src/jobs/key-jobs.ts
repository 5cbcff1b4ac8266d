import { nextState } from '../key/state.ts'
import { loseMaterial } from '../operations/import.ts'
import type { Rotations } from '../rotation/rotations.ts'
import type { Job } from './job.ts'

const passed = (at: number | null, now: number): boolean => at !== null && at <= now

export const keyJobs = (rotations: Rotations): readonly Job[] => [
  {
    due: 'rotation',
    action: 'RotateKey',
    change: 'version',
    isDue: (key, now) => key.state === 'Enabled' && passed(key.nextRotationAt, now),
    async act(writes, key) {
      await rotations.addVersion(writes, key, 'automatic')
    },
  },
  {
    due: 'deletion',
    action: 'DeleteKey',
    change: 'deleted',
    isDue: (key, now) => key.state === 'PendingDelete' && passed(key.deletionAt, now),
    act: (writes, key) => writes.deleteKey(key.id),
  },
  {
    due: 'expiry',
    action: 'ExpireImportedKeyMaterial',
    change: 'state',
    isDue: (key, now) => passed(key.materialExpiresAt, now),
    act: (writes, key) => loseMaterial(writes, { ...key, state: nextState(key.state, 'loseMaterial') }),
  },
]
