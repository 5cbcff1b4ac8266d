import type { Reads, Writes } from '../store/store.ts'
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

export const putEntry = <K extends EntryKind>(
  rows: Pick<Writes, 'putEntry'>,
  kind: K,
  name: string,
  entry: Entries[K],
): Promise<void> => rows.putEntry(kind, entryId(name), JSON.stringify(entry))
