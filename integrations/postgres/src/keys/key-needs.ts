import type { KeyedColumn, KeyNeed } from './key-need.ts'

/** The keys that the values of one statement need, each once, by its place in the list. */
export class KeyNeeds {
  readonly list: KeyNeed[] = []
  readonly #places = new Map<string, number>()

  /** Where the key stands in the list. */
  add(use: 'seal' | 'index', column: KeyedColumn, tenant: string): number {
    const name = use === 'seal' ? `seal ${column.id} ${tenant}` : `index ${column.group} ${tenant}`
    const known = this.#places.get(name)
    if (known !== undefined) return known
    const place = this.list.push({ use, column, tenant }) - 1
    this.#places.set(name, place)
    return place
  }
}
