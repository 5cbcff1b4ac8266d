import type { Clock } from '../../clock.ts'
import type { Store } from '../../store/store.ts'
import { openCheckpoint } from '../checkpoint/checkpoint.ts'
import type { Checkpoints } from '../checkpoint/checkpoints.ts'
import { type HeadLog, headText } from '../checkpoint/export-head.ts'
import type { LogSigner } from '../checkpoint/log-signer.ts'
import { checkpointLine, cutLine, headLine, recordLine } from './export-lines.ts'

export interface ExportPart {
  /** The part's first line. */
  readonly line: string
  /** What is to be read, log by log: a checkpoint stands at each `size`. */
  readonly logs: readonly { readonly log: number; readonly from: number; readonly size: number }[]
}

/** What the service gives to who exports its audit. */
export class Exporter {
  readonly #store: Store
  readonly #signer: LogSigner
  readonly #checkpoints: Checkpoints
  readonly #clock: Clock

  constructor(store: Store, signer: LogSigner, checkpoints: Checkpoints, clock: Clock) {
    this.#store = store
    this.#signer = signer
    this.#checkpoints = checkpoints
    this.#clock = clock
  }

  /** A new part: everything up to now, whose checkpoints it signs first. */
  async begin(): Promise<ExportPart> {
    await this.#checkpoints.sign()
    const logs: ExportPart['logs'][number][] = []
    const heads: HeadLog[] = []
    for (const { log, cutSize } of await this.#store.auditLogs()) {
      const last = await this.#store.lastCheckpoint(log)
      const told = last === null ? null : openCheckpoint(last.note, this.#signer.key)
      if (told === null) continue
      logs.push({ log, from: cutSize, size: told.size })
      heads.push(told)
    }
    const text = headText({ name: this.#signer.name, at: this.#clock(), logs: heads })
    return { line: headLine(await this.#signer.sign(text, this.#signer.name)), logs }
  }

  /** The lines of a log's records from an index on, at most `limit` of them, and of the checkpoints and cut among them. */
  async lines(log: number, from: number, to: number, limit: number): Promise<readonly string[]> {
    const texts = await this.#store.auditTexts(log, from, Math.min(limit, to - from))
    const end = from + texts.length
    const checkpoints = await this.#store.checkpoints(log, from, end)
    const lines: string[] = []
    for (let index = from; index <= end; index++) {
      for (const checkpoint of checkpoints)
        if (checkpoint.size === index) {
          const isCut = openCheckpoint(checkpoint.note, this.#signer.key)?.isCut === true
          if (isCut && index === from) lines.push(cutLine(checkpoint))
          else if (index > from) lines.push(checkpointLine(checkpoint.note))
        }
      const text = texts[index - from]
      if (text !== undefined) lines.push(recordLine(text))
    }
    return lines
  }
}
