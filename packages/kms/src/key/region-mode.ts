import { HufuError, type KeySpec } from '@hufu/wire'

/** Which standards the keys of a region are made by. */
export type RegionMode = 'fips' | 'gm'

const commercial: readonly KeySpec[] = ['SM4', 'SM2', 'ML_KEM_768_SM2']

/** Of a key that is made without saying. */
export const defaultSpec = (mode: RegionMode | null): KeySpec => (mode === 'gm' ? 'SM4' : 'AES_256')

/** Throws `KeySpecNotInRegion` for a new key that the region's mode does not make; keys that are there stay usable. */
export function checkMode(mode: RegionMode | null, spec: KeySpec): void {
  if (mode === null || commercial.includes(spec) === (mode === 'gm')) return
  const expected = mode === 'gm' ? 'SM4, SM2 or ML_KEM_768_SM2' : 'a key spec without SM2 and SM4'
  throw new HufuError('KeySpecNotInRegion', `expected ${expected} in a region of mode ${mode}, received ${spec}`)
}
