import { DecryptionError, type Header, hasContext, type Recipient, withRecipients } from '@hufu/crypto'
import { HufuError } from '@hufu/wire'
import type { DataKeys } from './keys/data-keys.ts'
import type { OpenOptions } from './open.ts'
import { isNamed, isSameKey } from './recipients.ts'

export interface RewrapOptions extends OpenOptions {
  /** The keys that shall open it, instead of all that do now. Not to be given with `add` or `remove`. */
  readonly keys?: readonly string[]
  /** How many of `keys` it then takes, 1 unless told. */
  readonly threshold?: number
  /** Keys that shall open it too. */
  readonly add?: readonly string[]
  /** Recipients that shall not any more: `REGION:KEYID`, a key id or a key's ARN. */
  readonly remove?: readonly string[]
}

/**
 * The header with other recipients, for the same payload. Who is removed and kept the data key, or an older copy of the
 * header, can still open it: to shut them out, seal the data anew.
 */
export async function rewrap(dataKeys: DataKeys, header: Header, options: RewrapOptions): Promise<Header> {
  const { context, signal, keys, add = [], threshold = 1 } = options
  if (!hasContext(header, context)) throw new DecryptionError({ detail: 'another context than the one expected' })
  const kept = keys === undefined ? keptRecipients(header, options) : []
  using dataKey = await dataKeys.forOpening(header, signal)
  const added = await dataKeys.wrap(dataKey.secret, { keys: keys ?? add, context, threshold, signal })
  const others = kept.filter((recipient) => !added.some((one) => isSameKey(one, recipient)))
  return withRecipients(header, dataKey.secret, [...others, ...added], threshold)
}

function keptRecipients({ recipients, threshold }: Header, { remove = [], add = [] }: RewrapOptions): Recipient[] {
  if (threshold > 1)
    throw new HufuError('NotSupported', 'shares are made together: name all the keys that shall open the message')
  const kept = recipients.filter((recipient) => !remove.some((name) => isNamed(name, recipient)))
  const unknown = remove.find((name) => !recipients.some((recipient) => isNamed(name, recipient)))
  if (unknown !== undefined)
    throw new HufuError('InvalidParameter', `expected a recipient of the message to remove, received ${unknown}`)
  if (kept.length + add.length === 0) throw new HufuError('InvalidParameter', 'expected at least one recipient to stay')
  return kept
}
