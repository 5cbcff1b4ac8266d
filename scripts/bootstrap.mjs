import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensureAptPackages } from './apt.mjs'
import { hasProgram, mustRun } from './run.mjs'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))
const cache = join(root, 'node_modules', '.cache', 'hufu')
const workspaceFolders = ['packages', 'integrations', 'test']

/**
 * Installs and builds, or finds that both are done already. `all` also installs what only the tests and
 * benches need; without it just the command line and what that imports.
 */
export function bootstrap({ all }) {
  process.chdir(root)
  checkNode()
  const env = buildEnvironment()
  if (!isInstalled(all)) {
    ensureCompiler()
    const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    const filter = all ? [] : ['--filter', 'hufu-monorepo', '--filter', 'hufu...']
    mustRun('npx', ['--yes', packageManager, 'install', '--frozen-lockfile', ...filter], {
      env,
      stdio: ['ignore', 2, 2],
    })
    markInstalled(all)
  }
  const filter = all ? [] : ['--filter', 'hufu...']
  mustRun(join(root, 'node_modules', '.bin', 'turbo'), ['run', 'build', '--output-logs=errors-only', ...filter], {
    env,
    stdio: ['ignore', 2, 2],
  })
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 19)) return
  console.error(`hufu: expected Node 20.19 or newer, found ${process.versions.node}`)
  process.exit(1)
}

/** Native add-ons that ship no prebuilt binary for this machine are compiled. */
function ensureCompiler() {
  const needed = { 'g++': 'g++', make: 'make', python3: 'python3' }
  const missing = Object.keys(needed).filter((program) => !hasProgram(program))
  if (missing.length > 0) ensureAptPackages(missing.map((program) => needed[program]))
}

/** The environment of installs and builds: this Node's own headers where it has them, our tools on the path, no telemetry. */
export function buildEnvironment() {
  const headers = dirname(dirname(process.execPath))
  const own = existsSync(join(headers, 'include', 'node', 'node.h'))
  return {
    ...process.env,
    ...(own && { npm_config_nodedir: headers, npm_config_loglevel: 'error' }),
    PATH: [join(root, 'node_modules', '.bin'), dirname(process.execPath), process.env.PATH].join(':'),
    HUFU_NODE_ABI: process.versions.modules,
    TURBO_TELEMETRY_DISABLED: '1',
  }
}

/** What an install depends on: the lockfile, every package.json, and the Node that add-ons are compiled for. */
function fingerprint() {
  const hash = createHash('sha256').update(`${process.versions.modules} ${process.arch}`)
  for (const file of ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml']) hash.update(readFileSync(file))
  for (const folder of workspaceFolders)
    for (const name of readdirSync(folder).sort()) {
      const manifest = join(folder, name, 'package.json')
      if (existsSync(manifest)) hash.update(readFileSync(manifest))
    }
  return hash.digest('hex')
}

const stamp = (all) => join(cache, all ? 'installed-all' : 'installed')
const isStamped = (file) => existsSync(file) && readFileSync(file, 'utf8') === fingerprint()
const isInstalled = (all) => isStamped(stamp(true)) || (!all && isStamped(stamp(false)))

function markInstalled(all) {
  mkdirSync(cache, { recursive: true })
  writeFileSync(stamp(all), fingerprint())
}
