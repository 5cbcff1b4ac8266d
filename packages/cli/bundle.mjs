// Bundles what seals and opens, with all that it imports, into a few files of dist/sealing: hundreds of modules take
// longer to find and load than a small file to be sealed. Each module is in it once, so that errors keep their classes.
import { readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const here = dirname(fileURLToPath(import.meta.url))
const dist = join(here, 'dist')
const worker = join(here, '..', 'sdk', 'dist', 'file', 'file-worker.js')

/** A bundled module looks for files from where it was: a package of ours is found as the command line finds it. */
const ownPlaces = {
  name: 'own-places',
  transform(code, id) {
    if (!code.includes('import.meta.url') || id.includes('node_modules') || !id.includes(`${sep}dist${sep}`))
      return null
    const [folder, path] = [id.slice(0, id.lastIndexOf(`${sep}dist${sep}`)), id.split(`${sep}dist${sep}`).at(-1)]
    const { name } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    const place =
      relative(here, folder) === '' ? `'../${path}', import.meta.url` : `'./${path}', import.meta.resolve('${name}')`
    return code
      .replace("'../../dist/file/file-worker.js', import.meta.url", "'./file-worker.js', HERE")
      .replaceAll('import.meta.url', `new URL(${place}).href`)
      .replace('HERE', 'import.meta.url')
  },
}

/** Of undici only what connects and asks: its index, which puts the two together, loads fetch, caches and web sockets too. */
const POOL = `
require('./dispatcher').prototype.request = require('../api/api-request')
module.exports.Pool = Pool`

const undiciPool = {
  name: 'undici-pool',
  resolveId(id, importer) {
    if (id !== 'undici' || importer === undefined) return null
    return join(dirname(createRequire(importer).resolve(id)), 'lib', 'dispatcher', 'pool.js')
  },
  transform(code, id) {
    return id.endsWith(join('undici', 'lib', 'dispatcher', 'pool.js')) ? code + POOL : null
  },
}

const bundle = await rolldown({
  input: { main: join(dist, 'sealing-main.js'), 'file-worker': worker },
  platform: 'node',
  external: [/^node:/, /^@aws-sdk\//],
  plugins: [ownPlaces, undiciPool],
})
rmSync(join(dist, 'sealing'), { recursive: true, force: true })
await bundle.write({ dir: join(dist, 'sealing'), format: 'esm', chunkFileNames: '[name]-[hash].js' })
