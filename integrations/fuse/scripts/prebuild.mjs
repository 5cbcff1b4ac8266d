// Compiles the addon for the packed package.
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { prebuildAddon } from '../../../scripts/prebuild-addon.mjs'
import { addonSources } from './sources.mjs'

const folder = dirname(dirname(fileURLToPath(import.meta.url)))
prebuildAddon({ folder, name: 'hufu_fuse', sources: addonSources(folder), defines: ['-D_GNU_SOURCE'] })
