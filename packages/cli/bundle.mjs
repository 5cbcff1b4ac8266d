// Bundles what seals and opens, with all that it imports, into a few files of dist/sealing: hundreds of modules take
// longer to find and load than a small file to be sealed. Each module is in it once, so that errors keep their classes.
import { readFileSync, rmSync } from 'node:fs'
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

/** Undici and its compiled parser take longer to load than all the rest: a few requests are as well made by node:http. */
const httpPool = {
  name: 'http-pool',
  resolveId: (id) => (id === 'undici' ? join(dist, 'sealed', 'http-pool.js') : null),
}

/** Commander starts other programs for commands that are programs: none of ours is. */
const noChildren = {
  name: 'no-children',
  transform: (code, id) =>
    id.includes(`${sep}commander${sep}`) ? code.replace("require('node:child_process')", 'undefined') : null,
}

/** Modules of ours do nothing when they are loaded, so that those of which nothing is used are left out. */
const OURS = /[\\/]packages[\\/](?:cli|crypto|sdk|wire)[\\/]dist[\\/]/
const ownModules = { test: OURS, sideEffects: false }
const others = { test: /./, sideEffects: true }

/** Blank space and comments are read too at every start; names stay, for what an error tells of where it was. */
const WHITESPACE = { compress: false, mangle: false, codegen: { removeWhitespace: true } }

const bundle = await rolldown({
  input: { main: join(dist, 'sealing-main.js'), 'file-worker': worker },
  platform: 'node',
  external: [/^node:/, /^@aws-sdk\//],
  plugins: [ownPlaces, httpPool, noChildren],
  treeshake: { moduleSideEffects: [ownModules, others] },
})
rmSync(join(dist, 'sealing'), { recursive: true, force: true })
await bundle.write({
  dir: join(dist, 'sealing'),
  format: 'esm',
  minify: WHITESPACE,
  chunkFileNames: '[name]-[hash].js',
})
