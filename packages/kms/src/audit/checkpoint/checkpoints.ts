import { setImmediate } from 'node:timers/promises'
import { HufuError } from '@hufu/wire'
import type { Clock } from '../../clock.ts'
import type { Store } from '../../store/store.ts'
import { Frontier, type TreeState } from '../merkle/frontier.ts'
import { sameHash } from '../merkle/tree-hash.ts'
import { checkpointText, openCheckpoint } from './checkpoint.ts'
import type { LogSigner } from './log-signer.ts'
import type { StoredCheckpoint } from './stored-checkpoint.ts'

/** Records that are hashed in one turn of the event loop. */
const SLICE = 250

/** Signs what the logs have come to. */
export class Checkpoints {
  readonly #store: Store
  readonly #signer: LogSigner
  readonly #clock: Clock
  #running: Promise<unknown> = Promise.resolve()

  constructor(store: Store, signer: LogSigner, clock: Clock) {
    this.#store = store
    this.#signer = signer
    this.#clock = clock
  }

  /** Signs every log that has grown; one run at a time. Throws `Integrity` when a log is not what was signed before. */
  sign(): Promise<void> {
    const run = this.#running.then(() => this.#signAll())
    this.#running = run.catch(() => {})
    return run
  }

  async #signAll(): Promise<void> {
    for (const { log, size, cutSize } of await this.#store.auditLogs()) {
      const last = await this.#store.lastCheckpoint(log)
      if (size > (last?.size ?? 0)) await this.#signOne(log, await this.frontier(last, cutSize), size)
    }
  }

  /** The proven tree of a checkpoint; an empty one without. */
  async frontier(last: StoredCheckpoint | null, cutSize = 0): Promise<Frontier> {
    if (last === null && cutSize === 0) return Frontier.empty()
    const told = last === null ? null : openCheckpoint(last.note, this.#signer.key)
    if (last === null || told === null || told.size !== last.size) throw changed()
    const frontier = Frontier.of(last.size, last.frontier)
    if (!sameHash(frontier.root(), told.root)) throw changed()
    return frontier
  }

  async #signOne(log: number, signed: Frontier, size: number): Promise<void> {
    let tree: TreeState = signed
    while (tree.size < size) {
      const { size: before } = tree
      tree = await this.#store.grownTree(log, tree, Math.min(SLICE, size - before))
      if (tree.size === before) throw changed()
      await setImmediate()
    }
    await this.#store.saveCheckpoint(await this.signed(log, Frontier.of(tree.size, tree.roots), this.#clock(), false))
  }

  async signed(log: number, frontier: Frontier, at: number, isCut: boolean): Promise<StoredCheckpoint> {
    const origin = this.#signer.origin(log)
    const { size } = frontier
    const text = checkpointText({ origin, size, root: frontier.root(), at, isCut })
    return { log, size, at, note: await this.#signer.sign(text, origin), frontier: [...frontier.roots] }
  }
}

const changed = (): HufuError =>
  new HufuError('Integrity', 'the stored audit log is not what its last checkpoint signed')
