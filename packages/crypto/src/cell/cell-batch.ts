import { NONCE_SIZE } from '../aead.ts'
import type { Batch } from '../batch.ts'

/** Bytes of text that go through the cipher in one call, but for a single larger cell. */
const BATCH_SIZE = 2 ** 26

/** One cell on its way through the cipher. */
export interface CellWork {
  readonly session: Uint8Array
  readonly counter: number
  /** The cell's bytes before the ciphertext. */
  readonly head: Uint8Array
  readonly place: Uint8Array
  /** The plaintext to seal, or the ciphertext and tag to open. */
  readonly text: Uint8Array
}

/** The cells by session, in batches for one call each. */
export function sessionBatches<Work extends CellWork>(cells: readonly Work[]): Work[][] {
  const batches: Work[][] = []
  const current = new Map<string, { work: Work[]; size: number }>()
  for (const cell of cells) {
    const name = Buffer.from(cell.session.buffer, cell.session.byteOffset, cell.session.length).toString('latin1')
    const open = current.get(name)
    if (open !== undefined && open.size + cell.text.length <= BATCH_SIZE) {
      open.work.push(cell)
      open.size += cell.text.length
    } else {
      const work = [cell]
      batches.push(work)
      current.set(name, { work, size: cell.text.length })
    }
  }
  return batches
}

/** What the cipher takes for the cells, which are of one session. */
export function cipherBatch(cells: readonly CellWork[]): Batch {
  const nonces = new Uint8Array(cells.length * NONCE_SIZE)
  const counters = new DataView(nonces.buffer)
  for (const [i, { counter }] of cells.entries()) counters.setUint32((i + 1) * NONCE_SIZE - 4, counter)
  return {
    nonces,
    aad: Buffer.concat(cells.flatMap(({ head, place }) => [head, place])),
    aadEnds: ends(cells.map(({ head, place }) => head.length + place.length)),
    values: Buffer.concat(cells.map(({ text }) => text)),
    ends: ends(cells.map(({ text }) => text.length)),
  }
}

function ends(sizes: readonly number[]): Uint32Array {
  let end = 0
  return Uint32Array.from(sizes, (size) => {
    end += size
    return end
  })
}
