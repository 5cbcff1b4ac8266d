import type { Command } from 'commander'
import { stateCommand } from './state-command.ts'

export const deleteMaterialCommand = (): Command =>
  stateCommand('delete-material', 'destroy the imported material of a key', 'DeleteImportedKeyMaterial')
