/** What the id of a multi-Region key begins with. */
export const MULTI_REGION_PREFIX = 'mrk-'

/** The 16 bytes of a key's id as blobs have them. */
export const keyIdBytes = (keyId: string): Buffer => Buffer.from(keyId.replace(/^mrk-/, '').replaceAll('-', ''), 'hex')

/** The id of 32 hexadecimal digits: a UUID, or of a multi-Region key the digits after its prefix. */
export const keyIdOf = (hex: string, multiRegion: boolean): string =>
  multiRegion
    ? `${MULTI_REGION_PREFIX}${hex}`
    : `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
