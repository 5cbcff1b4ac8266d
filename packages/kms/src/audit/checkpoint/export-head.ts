import type { NoteKey } from './note-key.ts'
import { openNote } from './signed-note.ts'

export interface HeadLog {
  readonly origin: string
  readonly size: number
  readonly root: Uint8Array
}

/** What a part of an export must hold. */
export interface ExportHead {
  /** `hufu/REGION/ACCOUNT/STORE`: who signs. */
  readonly name: string
  readonly at: number
  readonly logs: readonly HeadLog[]
}

const TITLE = 'hufu audit export 1'

export const headText = ({ name, at, logs }: ExportHead): string =>
  [
    TITLE,
    name,
    `at ${at}`,
    ...logs.map(({ origin, size, root }) => `${origin} ${size} ${Buffer.from(root).toString('base64')}`),
    '',
  ].join('\n')

/** Null for what is not a head that the key signed. */
export function openHead(note: string, key: NoteKey): ExportHead | null {
  const [, signer = ''] = /\n\n— (\S+) /.exec(note) ?? []
  const text = openNote(note, signer, key)
  if (text === null || !signer.endsWith(`/${key.storeName}`)) return null
  const [title, name, time, ...lines] = text.split('\n')
  if (title !== TITLE || name !== signer || !time?.startsWith('at ')) return null
  const logs = lines.slice(0, -1).map((line) => {
    const [origin = '', size, root = ''] = line.split(' ')
    return { origin, size: Number(size), root: Buffer.from(root, 'base64') }
  })
  return { name, at: Number(time.slice(3)), logs }
}
