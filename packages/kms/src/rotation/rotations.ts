import type { Key, VersionCause } from '../key/key.ts'
import type { KeyFactory } from '../key/key-factory.ts'
import { DAY } from '../limits.ts'
import { toldLater } from '../replication/group.ts'
import type { Writes } from '../store/store.ts'

/** New versions of keys. */
export class Rotations {
  readonly #factory: KeyFactory

  readonly #region: string

  constructor(factory: KeyFactory, region: string) {
    this.#factory = factory
    this.#region = region
  }

  /** Gives the locked key its next version, which encrypts from then on; its period starts again. */
  async addVersion(writes: Writes, key: Key, cause: VersionCause): Promise<number> {
    const version = await this.#factory.makeVersion(key, key.version + 1, cause)
    await writes.insertVersion(version)
    await writes.updateKey({
      ...toldLater(key, this.#region, version.createdAt),
      version: version.version,
      lastRotatedAt: version.createdAt,
      nextRotationAt: key.rotationDays === null ? null : version.createdAt + key.rotationDays * DAY,
    })
    return version.version
  }
}
