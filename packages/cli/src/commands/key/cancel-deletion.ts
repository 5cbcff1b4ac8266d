import type { Command } from 'commander'
import { stateCommand } from './state-command.ts'

export const cancelDeletionCommand = (): Command =>
  stateCommand('cancel-deletion', 'keep a key whose deletion was scheduled; it is then disabled', 'CancelKeyDeletion')
