// Compiles the addon. Where that fails everything still works on the TypeScript twin, so it is said and not an error.
import { spawnSync } from 'node:child_process'

const { status, stdout, stderr, error } = spawnSync('node-gyp', ['rebuild'], { encoding: 'utf8' })
if (status !== 0) {
  console.error(`${stdout ?? ''}${stderr ?? ''}${error?.message ?? ''}`)
  console.error('hufu: the native addon could not be compiled; what it does runs slower without it, or not at all')
}
