import { type ErrorCode, type HostedDataKeyState, HufuError } from '@hufu/wire'

export type DataKeyAction = 'use' | 'describe' | 'enable' | 'disable' | 'scheduleDeletion' | 'cancelDeletion'

type Outcome = { readonly next: HostedDataKeyState } | { readonly error: ErrorCode }

const to = (next: HostedDataKeyState): Outcome => ({ next })
const no = (error: ErrorCode): Outcome => ({ error })

/** The life of a hosted data key: state x action -> the state after it, or the error. */
export const dataKeyStates: Readonly<Record<HostedDataKeyState, Readonly<Record<DataKeyAction, Outcome>>>> = {
  Enabled: {
    use: to('Enabled'),
    describe: to('Enabled'),
    enable: to('Enabled'),
    disable: to('Disabled'),
    scheduleDeletion: no('DataKeyState'),
    cancelDeletion: no('DataKeyNotPendingDelete'),
  },
  Disabled: {
    use: no('DataKeyDisabled'),
    describe: to('Disabled'),
    enable: to('Enabled'),
    disable: to('Disabled'),
    scheduleDeletion: to('PendingDelete'),
    cancelDeletion: no('DataKeyNotPendingDelete'),
  },
  PendingDelete: {
    use: no('DataKeyPendingDelete'),
    describe: to('PendingDelete'),
    enable: no('DataKeyState'),
    disable: no('DataKeyState'),
    scheduleDeletion: no('DataKeyState'),
    cancelDeletion: to('Disabled'),
  },
}

/** The state after the action. Throws the error of the table. */
export function nextDataKeyState(state: HostedDataKeyState, action: DataKeyAction): HostedDataKeyState {
  const outcome = dataKeyStates[state][action]
  if ('next' in outcome) return outcome.next
  throw new HufuError(outcome.error, `expected a data key for which ${action} is possible, received one in ${state}`)
}
