import { type HostedDataKey, HufuError } from '@hufu/wire'

/** A data key as the store keeps it: as it is shown, and its ciphertext blob. */
export interface StoredDataKey extends HostedDataKey {
  readonly ciphertext: Uint8Array
}

export const toHosted = ({ ciphertext: _, ...shown }: StoredDataKey): HostedDataKey => shown

/** Throws `DataKeyNotFound` for null. */
export function givenDataKey(dataKey: StoredDataKey | null, id: string): StoredDataKey {
  if (dataKey !== null) return dataKey
  throw new HufuError('DataKeyNotFound', `expected the id of a data key, received ${id.slice(0, 100)}`)
}
