import type { Command } from 'commander'
import { stateCommand } from './state-command.ts'

export const enableCommand = (): Command => stateCommand('enable', 'let a disabled key be used again', 'EnableKey')
