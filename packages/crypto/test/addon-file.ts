import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

/** The addon that the tests run with, for processes and threads that load it themselves. */
export const addonFile: string = createRequire(import.meta.url)('node-gyp-build').resolve(
  fileURLToPath(new URL('..', import.meta.url)),
)
