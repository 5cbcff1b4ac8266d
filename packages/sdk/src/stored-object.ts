import type { Header } from '@hufu/crypto'
import type { Watch } from './data.ts'
import type { RewrapOptions } from './rewrap.ts'

/** Makes the header of a sealed message with other recipients. Throws as `Hufu.rewrap` does. */
export type NewHeader = (header: Header, options: RewrapOptions) => Promise<Header>

/** Sealed data where it is stored, which is given other recipients there without all of it passing through here. */
export interface StoredObject {
  /**
   * False when it had the recipients already, and then nothing was written; to remove one that it has not is no
   * mistake. It is the old object or the new one, whatever happens.
   */
  rewrap(newHeader: NewHeader, options: RewrapOptions & Watch): Promise<boolean>
}
