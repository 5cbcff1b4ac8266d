import { type ErrorCode, HufuError, type KeyState } from '@hufu/wire'

/** What may be asked of a key. `decrypt` stands for verify too, `encrypt` for every use that makes something new. */
export type KeyAction =
  | 'encrypt'
  | 'decrypt'
  | 'describe'
  | 'edit'
  | 'rotate'
  | 'enable'
  | 'disable'
  | 'archive'
  | 'unarchive'
  | 'scheduleDeletion'
  | 'disableAndScheduleDeletion'
  | 'cancelDeletion'
  | 'importMaterial'
  | 'deleteMaterial'
  | 'loseMaterial'

type Outcome = { readonly next: KeyState } | { readonly error: ErrorCode }

const to = (next: KeyState): Outcome => ({ next })
const no = (error: ErrorCode): Outcome => ({ error })

/**
 * The life of a key: state x action -> the state after it, or the error. A key that is deleted has no
 * state any more: its row and its material are gone.
 */
export const keyStates: Readonly<Record<KeyState, Readonly<Record<KeyAction, Outcome>>>> = {
  PendingImport: {
    encrypt: no('InvalidState'),
    decrypt: no('InvalidState'),
    describe: to('PendingImport'),
    edit: to('PendingImport'),
    rotate: no('InvalidState'),
    enable: no('InvalidState'),
    disable: no('InvalidState'),
    archive: no('InvalidState'),
    unarchive: no('InvalidState'),
    scheduleDeletion: to('PendingDelete'),
    disableAndScheduleDeletion: to('PendingDelete'),
    cancelDeletion: no('KeyNotPendingDelete'),
    importMaterial: to('Enabled'),
    deleteMaterial: to('PendingImport'),
    loseMaterial: to('PendingImport'),
  },
  Enabled: {
    encrypt: to('Enabled'),
    decrypt: to('Enabled'),
    describe: to('Enabled'),
    edit: to('Enabled'),
    rotate: to('Enabled'),
    enable: to('Enabled'),
    disable: to('Disabled'),
    archive: to('Archived'),
    unarchive: no('InvalidState'),
    scheduleDeletion: no('KeyNotDisabled'),
    disableAndScheduleDeletion: to('PendingDelete'),
    cancelDeletion: no('KeyNotPendingDelete'),
    importMaterial: to('Enabled'),
    deleteMaterial: to('PendingImport'),
    loseMaterial: to('PendingImport'),
  },
  Disabled: {
    encrypt: no('KeyDisabled'),
    decrypt: no('KeyDisabled'),
    describe: to('Disabled'),
    edit: to('Disabled'),
    rotate: no('KeyDisabled'),
    enable: to('Enabled'),
    disable: to('Disabled'),
    archive: no('InvalidState'),
    unarchive: no('InvalidState'),
    scheduleDeletion: to('PendingDelete'),
    disableAndScheduleDeletion: to('PendingDelete'),
    cancelDeletion: no('KeyNotPendingDelete'),
    importMaterial: to('Disabled'),
    deleteMaterial: to('PendingImport'),
    loseMaterial: to('PendingImport'),
  },
  Archived: {
    encrypt: no('KeyArchived'),
    decrypt: to('Archived'),
    describe: to('Archived'),
    edit: no('KeyArchived'),
    rotate: no('KeyArchived'),
    enable: no('InvalidState'),
    disable: no('InvalidState'),
    archive: to('Archived'),
    unarchive: to('Enabled'),
    scheduleDeletion: no('KeyNotDisabled'),
    disableAndScheduleDeletion: no('KeyArchived'),
    cancelDeletion: no('KeyNotPendingDelete'),
    importMaterial: no('InvalidState'),
    deleteMaterial: to('PendingImport'),
    loseMaterial: to('PendingImport'),
  },
  PendingDelete: {
    encrypt: no('KeyPendingDelete'),
    decrypt: no('KeyPendingDelete'),
    describe: to('PendingDelete'),
    edit: no('InvalidState'),
    rotate: no('KeyPendingDelete'),
    enable: no('InvalidState'),
    disable: no('InvalidState'),
    archive: no('InvalidState'),
    unarchive: no('InvalidState'),
    scheduleDeletion: no('InvalidState'),
    disableAndScheduleDeletion: no('InvalidState'),
    cancelDeletion: to('Disabled'),
    importMaterial: no('InvalidState'),
    deleteMaterial: no('InvalidState'),
    loseMaterial: to('PendingDelete'),
  },
}

/** The state after the action. Throws the error of the table. */
export function nextState(state: KeyState, action: KeyAction): KeyState {
  const outcome = keyStates[state][action]
  if ('next' in outcome) return outcome.next
  throw new HufuError(outcome.error, `expected a key that can ${words(action)}, received one that is ${words(state)}`)
}

const words = (name: string): string => name.replace(/(?<=.)([A-Z])/g, ' $1').toLowerCase()
