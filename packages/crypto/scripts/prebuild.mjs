// Compiles the addon for the packed package.
import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { prebuildAddon } from '../../../scripts/prebuild-addon.mjs'

const folder = dirname(dirname(fileURLToPath(import.meta.url)))
const sources = readdirSync(join(folder, 'native'))
  .filter((name) => name.endsWith('.c'))
  .map((name) => join(folder, 'native', name))
prebuildAddon({ folder, name: 'hufu_crypto', sources })
