import type { HostedDataKey } from '@hufu/wire'

/** A data key as the store keeps it: as it is shown, and its ciphertext blob. */
export interface StoredDataKey extends HostedDataKey {
  readonly ciphertext: Uint8Array
}

export const toHosted = ({ ciphertext: _, ...shown }: StoredDataKey): HostedDataKey => shown
