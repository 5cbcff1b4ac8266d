import { Command } from 'commander'
import { aliasCommand } from './alias.ts'
import { archiveCommand } from './archive.ts'
import { bindCommand, unbindCommand } from './bind.ts'
import { cancelDeletionCommand } from './cancel-deletion.ts'
import { createCommand } from './create.ts'
import { deleteMaterialCommand } from './delete-material.ts'
import { describeCommand } from './describe.ts'
import { descriptionCommand } from './description.ts'
import { disableCommand } from './disable.ts'
import { enableCommand } from './enable.ts'
import { importCommand } from './import.ts'
import { lastUseCommand } from './last-use.ts'
import { listCommand } from './list.ts'
import { promoteCommand } from './promote.ts'
import { publicKeyCommand } from './public-key.ts'
import { replicateCommand } from './replicate.ts'
import { rotateCommand } from './rotate.ts'
import { rotationCommand } from './rotation.ts'
import { scheduleDeletionCommand } from './schedule-deletion.ts'
import { tagCommand } from './tag.ts'
import { unarchiveCommand } from './unarchive.ts'

const commands = [
  createCommand,
  listCommand,
  describeCommand,
  enableCommand,
  disableCommand,
  archiveCommand,
  unarchiveCommand,
  rotateCommand,
  rotationCommand,
  lastUseCommand,
  aliasCommand,
  tagCommand,
  descriptionCommand,
  publicKeyCommand,
  importCommand,
  deleteMaterialCommand,
  replicateCommand,
  promoteCommand,
  bindCommand,
  unbindCommand,
  scheduleDeletionCommand,
  cancelDeletionCommand,
]

export function keyCommand(): Command {
  const key = new Command('key').description('make and manage keys')
  for (const command of commands) key.addCommand(command())
  return key
}
