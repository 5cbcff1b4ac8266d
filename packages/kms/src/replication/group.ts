import { HufuError, type RegionGroup } from '@hufu/wire'
import type { Key, StoredRegions } from '../key/key.ts'
import { DAY } from '../limits.ts'

/** The regions of the key. Throws `NotSupported` for a key of one region. */
export function regionsOf({ id, multiRegion }: Pick<Key, 'id' | 'multiRegion'>): StoredRegions {
  if (multiRegion !== null) return multiRegion
  throw new HufuError('NotSupported', `expected a multi-Region key, received ${id}, which was made for one region`)
}

/** The same of a key whose primary is here. Throws `NotSupported`. */
export function primaryHere(key: Key, region: string): StoredRegions {
  const group = regionsOf(key)
  if (group.primaryRegion === region) return group
  throw new HufuError('NotSupported', `expected the primary of the key, which is in ${group.primaryRegion}`)
}

/** A key of one region is its own primary. */
export const isPrimary = ({ multiRegion }: Pick<Key, 'multiRegion'>, region: string): boolean =>
  multiRegion === null || multiRegion.primaryRegion === region

export const othersOf = ({ regions }: RegionGroup, region: string): readonly string[] =>
  regions.filter((other) => other !== region)

/** The key with its group changed; the other regions are to be told at once. */
export function withGroup(key: Key, change: Partial<RegionGroup>, region: string, now: number): Key {
  const group = regionsOf(key)
  const changed = { ...group, ...change, generation: group.generation + 1 }
  return { ...key, multiRegion: changed, syncAt: now, nextRotationAt: nextRotation(key, changed, region) }
}

/** What the other regions have of a key changed here; nothing for those that none has. */
export const toldLater = (key: Key, region: string, now: number): Key =>
  key.multiRegion === null || othersOf(key.multiRegion, region).length === 0
    ? key
    : { ...key, multiRegion: { ...key.multiRegion, generation: key.multiRegion.generation + 1 }, syncAt: now }

/** Only the primary rotates. */
export function nextRotation(
  key: Pick<Key, 'rotationDays' | 'lastRotatedAt' | 'createdAt'>,
  group: Pick<RegionGroup, 'primaryRegion'>,
  region: string,
): number | null {
  if (key.rotationDays === null || group.primaryRegion !== region) return null
  return (key.lastRotatedAt ?? key.createdAt) + key.rotationDays * DAY
}
