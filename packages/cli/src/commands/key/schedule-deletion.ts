import { type Command, InvalidArgumentError } from 'commander'
import type { SystemOptions } from '../../system/connect.ts'
import { changeKey, keyCommandOf, once } from './change-command.ts'

interface DeletionOptions extends SystemOptions {
  readonly days: number
}

/** AWS's form of it, which disables the key in the same step. */
export const scheduleDeletionCommand = (): Command =>
  keyCommandOf('schedule-deletion', 'disable a key, and destroy it after a window')
    .alias('delete')
    .option('--days <DAYS>', 'the window, 7 to 30 days', wholeNumber, 30)
    .action((keyId: string, { days, ...options }: DeletionOptions) =>
      changeKey(options, keyId, ({ aws }) =>
        aws.call('ScheduleKeyDeletion', { KeyId: keyId, PendingWindowInDays: days }, once),
      ),
    )

export function wholeNumber(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('expected a whole number')
}
