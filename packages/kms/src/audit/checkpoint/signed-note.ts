import type { NoteKey } from './note-key.ts'

/** C2SP signed-note: text that ends in LF, an empty line, and one signature line. */
export const signedNote = (text: string, name: string, keyId: Uint8Array, signature: Uint8Array): string =>
  `${text}\n— ${name} ${Buffer.concat([keyId, signature]).toString('base64')}\n`

/** The text of a note that the key signed under the name, else null. Takes one form only of each note. */
export function openNote(note: string, name: string, key: NoteKey): string | null {
  const end = note.lastIndexOf('\n\n— ')
  if (end < 0) return null
  const text = note.slice(0, end + 1)
  const [, signer, base64 = ''] = /^— (\S+) ([A-Za-z0-9+/=]+)\n$/.exec(note.slice(end + 2)) ?? []
  const bytes = Buffer.from(base64, 'base64')
  if (signer !== name || bytes.toString('base64') !== base64) return null
  if (Buffer.compare(bytes.subarray(0, 4), key.id(name)) !== 0) return null
  return key.verify(text, bytes.subarray(4)) ? text : null
}
