import type { NoteKey } from './note-key.ts'
import { openNote } from './signed-note.ts'

/** A log's tree at one time, as a checkpoint's text says it (C2SP tlog-checkpoint). */
export interface Checkpoint {
  /** `hufu/REGION/ACCOUNT/STORE/LOG`. */
  readonly origin: string
  readonly size: number
  readonly root: Uint8Array
  /** Milliseconds since the epoch. */
  readonly at: number
  /** What was before it has been removed on purpose. */
  readonly isCut: boolean
}

export const checkpointText = ({ origin, size, root, at, isCut }: Checkpoint): string =>
  `${origin}\n${size}\n${Buffer.from(root).toString('base64')}\nat ${at}\n${isCut ? 'cut\n' : ''}`

const TEXT =
  /^(hufu\/[a-z0-9-]+\/\d+\/[0-9a-f]{16}\/\d+)\n(0|[1-9]\d{0,15})\n([A-Za-z0-9+/]{43}=)\nat (\d{1,16})\n(cut\n)?$/

/** Null for what is not a checkpoint of that store signed by that key. */
export function openCheckpoint(note: string, key: NoteKey): Checkpoint | null {
  const text = openNote(note, note.slice(0, note.indexOf('\n')), key)
  const [, origin, size, root, at, cut] = TEXT.exec(text ?? '') ?? []
  if (origin === undefined || origin.split('/')[3] !== key.storeName) return null
  return {
    origin,
    size: Number(size),
    root: Buffer.from(root ?? '', 'base64'),
    at: Number(at),
    isCut: cut !== undefined,
  }
}

/** The log's number in an origin. */
export const logOf = (origin: string): number => Number(origin.slice(origin.lastIndexOf('/') + 1))
