import type { Checksum, ChecksumType } from '../checksum/checksum.ts'
import { headerOf } from '../http/checked-body.ts'

/** How S3 writes a checksum: base64; of parts, with their number behind it. */
export const checksumText = (checksum: Checksum, type: ChecksumType | null, parts: number): string =>
  Buffer.from(checksum.value).toString('base64') + (type === 'COMPOSITE' ? `-${parts}` : '')

export function checksumHeaders(
  checksum: Checksum | null,
  type: ChecksumType | null,
  parts = 1,
): Record<string, string> {
  if (checksum === null) return {}
  return {
    [headerOf(checksum.algorithm)]: checksumText(checksum, type, parts),
    ...(type === null ? {} : { 'x-amz-checksum-type': type }),
  }
}

/** The checksum as an element of an XML answer. */
export const checksumElement = (
  checksum: Checksum | null,
  type: ChecksumType | null,
  parts: number,
): Record<string, string> =>
  checksum === null
    ? {}
    : {
        [`Checksum${checksum.algorithm}`]: checksumText(checksum, type, parts),
        ...(type === null ? {} : { ChecksumType: type }),
      }
