import type { Command } from 'commander'
import { stateCommand } from './state-command.ts'

export const unarchiveCommand = (): Command =>
  stateCommand('unarchive', 'let an archived key be used again', 'CancelKeyArchive')
