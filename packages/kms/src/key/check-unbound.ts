import { HufuError } from '@hufu/wire'
import type { Reads } from '../store/store.ts'
import type { Key } from './key.ts'

/** Throws `KeyBound` when something says that it uses the key. */
export async function checkUnbound(reads: Pick<Reads, 'bindings'>, { id }: Pick<Key, 'id'>): Promise<void> {
  const [binding] = await reads.bindings(id)
  if (binding === undefined) return
  throw new HufuError('KeyBound', `expected a key that nothing uses, received one that ${binding.product} is bound to`)
}
