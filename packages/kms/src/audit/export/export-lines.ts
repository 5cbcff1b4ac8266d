import { canonicalJson } from '../canonical-json.ts'
import type { StoredCheckpoint } from '../checkpoint/stored-checkpoint.ts'
import { leafHash } from '../merkle/tree-hash.ts'

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')

export const headLine = (head: string): string => canonicalJson({ head })
export const checkpointLine = (checkpoint: string): string => canonicalJson({ checkpoint })
export const cutLine = ({ note, frontier }: Pick<StoredCheckpoint, 'note' | 'frontier'>): string =>
  canonicalJson({ cut: note, frontier: frontier.map(base64) })

/** The text is canonical already. */
export const recordLine = (text: string): string => `{"hash":"${base64(leafHash(text))}","record":${text}}`
