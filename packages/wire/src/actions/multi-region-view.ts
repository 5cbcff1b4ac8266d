import { accountOfArn, keyArn, regionOfArn } from '../key-name.ts'
import type { KeyMetadata } from '../key-operations.ts'
import { secondsOrZero } from './seconds.ts'

/** AWS's words for a key that other regions have too. */
export function awsMultiRegion({ multiRegion, arn, keyId }: KeyMetadata): Record<string, unknown> {
  if (multiRegion === null) return { MultiRegion: false }
  const { primaryRegion, regions } = multiRegion
  const inRegion = (Region: string) => ({ Arn: keyArn(Region, accountOfArn(arn), keyId), Region })
  return {
    MultiRegion: true,
    MultiRegionConfiguration: {
      MultiRegionKeyType: regionOfArn(arn) === primaryRegion ? 'PRIMARY' : 'REPLICA',
      PrimaryKey: inRegion(primaryRegion),
      ReplicaKeys: regions.filter((region) => region !== primaryRegion).map(inRegion),
    },
  }
}

const statuses = { none: 0, ok: 1, failed: 2 } as const

/** Tencent's words for the same. */
export function tencentSync({ multiRegion, arn }: KeyMetadata): Record<string, unknown> {
  if (multiRegion === null) return { IsSyncReplica: 0, SyncStatus: 0 }
  const { primaryRegion, sync } = multiRegion
  return {
    IsSyncReplica: regionOfArn(arn) === primaryRegion ? 0 : 1,
    SourceRegion: primaryRegion,
    SyncStatus: statuses[sync.status],
    SyncMessages: sync.message,
    SyncStartTime: secondsOrZero(sync.startedAt),
    SyncEndTime: secondsOrZero(sync.endedAt),
    SourceHsmClusterId: '',
  }
}
