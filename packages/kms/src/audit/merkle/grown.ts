import { Frontier, type TreeState } from './frontier.ts'
import { leafHash } from './tree-hash.ts'

/** The tree with the next records in it. */
export function grown({ size, roots }: TreeState, texts: readonly string[]): TreeState {
  const frontier = Frontier.of(size, roots)
  for (const text of texts) frontier.append(leafHash(text))
  return { size: frontier.size, roots: frontier.roots }
}
