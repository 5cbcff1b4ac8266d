import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of the console's built page, or null where it was not built. */
export function consoleFiles(): string | null {
  const folder = join(dirname(fileURLToPath(import.meta.resolve('@hufu/console'))), 'web')
  return existsSync(join(folder, 'index.html')) ? folder : null
}
