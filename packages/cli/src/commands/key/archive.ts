import type { Command } from 'commander'
import { stateCommand } from './state-command.ts'

export const archiveCommand = (): Command =>
  stateCommand('archive', 'leave a key decryption and verification only', 'ArchiveKey')
