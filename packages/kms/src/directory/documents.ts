import { type EntityPlace, type PageOfRows, pageOfFound } from '@hufu/wire'
import type { Reads, StoredEntry, Writes } from '../store/store.ts'
import type { Entries, EntryKind } from './entry.ts'

/** Letter case does not make another name. */
export const entryId = (name: string): string => name.toLowerCase()

/** Null when there is none. */
export async function readEntry<K extends EntryKind>(
  rows: Pick<Reads, 'entry'>,
  kind: K,
  name: string,
): Promise<Entries[K] | null> {
  const text = await rows.entry(kind, entryId(name))
  return text === null ? null : (JSON.parse(text) as Entries[K])
}

/** In the order of their names. */
export async function listEntries<K extends EntryKind>(
  rows: Pick<Reads, 'entries'>,
  kind: K,
): Promise<readonly Entries[K][]> {
  return (await rows.entries(kind)).map((text) => JSON.parse(text) as Entries[K])
}

/** A page of those under a path, in the order of their names, as `view` shows each. */
export async function entriesUnder<K extends 'user' | 'group' | 'role', V>(
  rows: Pick<Reads, 'entriesAfter'>,
  kind: K,
  { after = '', limit, pathPrefix }: EntityPlace,
  view: (entry: Entries[K]) => V,
): Promise<PageOfRows<V>> {
  const found: { readonly id: string; readonly entry: Entries[K] }[] = []
  for (let from: string | undefined = after; from !== undefined && found.length <= limit; ) {
    const some: readonly StoredEntry[] = await rows.entriesAfter(kind, from, limit + 1)
    for (const { id, document } of some) {
      const entry = JSON.parse(document) as Entries[K]
      if (entry.path.startsWith(pathPrefix)) found.push({ id, entry })
    }
    from = some.length > limit ? some.at(-1)?.id : undefined
  }
  const { page, next } = pageOfFound(found, ({ id }) => id, limit)
  return { page: page.map(({ entry }) => view(entry)), next }
}

export const putEntry = <K extends EntryKind>(
  rows: Pick<Writes, 'putEntry'>,
  kind: K,
  name: string,
  entry: Entries[K],
): Promise<void> => rows.putEntry(kind, entryId(name), JSON.stringify(entry))
