// Runs when the packed package is installed: compiles the addon where no prebuilt one fits. A machine without a compiler
// gets the TypeScript twin, so that this never fails. In the repository the task `native` compiles.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const folder = dirname(dirname(fileURLToPath(import.meta.url)))

function loads() {
  try {
    createRequire(import.meta.url)('node-gyp-build')(folder)
    return true
  } catch {
    return false
  }
}

if (!existsSync(join(folder, '../../pnpm-workspace.yaml')) && !loads()) {
  const { status } = spawnSync('node-gyp', ['rebuild'], { cwd: folder, stdio: 'ignore' })
  if (status !== 0) console.error('hufu: no prebuilt addon fits and none could be compiled: the ciphers will be slower')
}
