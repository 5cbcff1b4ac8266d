import type { Page } from '@hufu/wire'
import { LRUCache } from 'lru-cache'

/** A row's place in the order of making. */
export interface RowPlace {
  readonly createdAt: number
  readonly id: string
}

/** Where a list that is read page by page has come to. */
export interface Walked {
  /** The last row of the page before. */
  readonly place: RowPlace
  /** Rows of the whole list. */
  readonly totalCount: number
}

const KEPT = 1_000
/** Milliseconds that a walk is good for where other processes may change the list unheard. */
const SHARED_LIFE = 5_000

/**
 * A page that is asked for by its offset, and goes on where another one ended, begins at that one's last row: so
 * reading all pages of a list is linear. Any change here forgets every walk.
 */
export class ListWalks {
  readonly #walks: LRUCache<string, Walked>
  #generation = 0

  constructor(sole: boolean) {
    this.#walks = new LRUCache({ max: KEPT, ...(sole ? {} : { ttl: SHARED_LIFE }) })
  }

  /** Taken before a page is read, so that what was read before a change is not kept after it. */
  get generation(): number {
    return this.#generation
  }

  find(list: string, query: Page): Walked | undefined {
    return this.#walks.get(nameOf(list, query))
  }

  /** `query` is that of the page to come. */
  keep(list: string, query: Page, walked: Walked, generation: number): void {
    if (generation === this.#generation) this.#walks.set(nameOf(list, query), walked)
  }

  forget(): void {
    this.#generation += 1
    this.#walks.clear()
  }
}

const nameOf = (list: string, { limit: _, ...query }: Page): string => `${list} ${JSON.stringify(query)}`
