import type { VolumeHeader } from '@hufu/fuse'
import type { Row } from '../output/result.ts'

/** What a volume shows of itself. */
export const headerRow = (
  directory: string,
  { id, version, suite, blockSize, features, recipients }: VolumeHeader,
): Row => ({
  directory,
  volumeId: id,
  version,
  suite,
  blockSize,
  integrity: features.includes('integrity'),
  recipients: recipients.map(({ keyId }) => keyId),
})
