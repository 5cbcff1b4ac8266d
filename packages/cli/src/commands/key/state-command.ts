import type { Command } from 'commander'
import type { SystemOptions } from '../../system/connect.ts'
import { changeKey, keyCommandOf, once } from './change-command.ts'

/** A command that asks for one action of Tencent's API with the key alone, and shows the key afterwards. */
export const stateCommand = (name: string, about: string, action: string): Command =>
  keyCommandOf(name, about).action((keyId: string, options: SystemOptions) =>
    changeKey(options, keyId, ({ tencent }) => tencent.call(action, { KeyId: keyId }, once)),
  )
