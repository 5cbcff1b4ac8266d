import type { Command } from 'commander'
import { stateCommand } from './state-command.ts'

export const disableCommand = (): Command => stateCommand('disable', 'stop every use of a key', 'DisableKey')
