import { DecryptionError } from '@hufu/crypto'
import { VolumeError } from '@hufu/fuse'
import { isHufuError } from '@hufu/wire'
import { CliError } from '../cli-error.ts'

const INSPECT = 'hufu inspect FILE shows the context it was sealed with; the same is given with -c NAME=VALUE'

interface Told {
  readonly code: string
  readonly message: string
  readonly hint?: string
}

/** Tells a failure on stderr: two lines for people, or one JSON object. */
export function reportFailure(error: unknown, json: boolean): void {
  const told = tell(error)
  if (json) console.error(JSON.stringify({ error: told }))
  else console.error(`hufu: ${told.message}${told.hint === undefined ? '' : `\nhint: ${told.hint}`}`)
}

function tell(error: unknown): Told {
  if (error instanceof CliError) return { code: 'CommandLine', message: error.message, hint: error.hint }
  if (isHufuError(error) || error instanceof VolumeError)
    return { code: error.code, message: error.message, hint: error.hint }
  if (error instanceof DecryptionError) return { code: 'DecryptionFailed', message: error.message, hint: INSPECT }
  if (error instanceof Error && '$metadata' in error) return { code: error.name, message: error.message }
  if (error instanceof Error && 'syscall' in error) return { code: 'System', message: error.message }
  return { code: 'Internal', message: error instanceof Error ? (error.stack ?? error.message) : String(error) }
}
