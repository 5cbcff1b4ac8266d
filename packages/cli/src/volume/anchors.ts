import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

/** Where it is kept how far the changes of volumes with integrity went: apart from them, for this user. */
export const anchorsFolder = (option: string | undefined): string =>
  resolve(option ?? join(process.env.XDG_STATE_HOME ?? join(homedir(), '.local', 'state'), 'hufu', 'volumes'))

export const ANCHORS_OPTION = [
  '--anchors <DIR>',
  'of a volume with integrity: where its last change is kept; ~/.local/state/hufu/volumes unless told',
] as const
