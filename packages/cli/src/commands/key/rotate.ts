import type { Command } from 'commander'
import { stateCommand } from './state-command.ts'

export const rotateCommand = (): Command => stateCommand('rotate', 'give a key a new version now', 'RotateKey')
