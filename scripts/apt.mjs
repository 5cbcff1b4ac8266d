import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { hasProgram, run } from './run.mjs'

/** The packages named in a list: one a line, a reason behind `#`. */
export const aptList = (file) =>
  readFileSync(file, 'utf8')
    .split('\n')
    .map((line) => line.split('#')[0].trim())
    .filter(Boolean)

const isInstalled = (name) =>
  spawnSync('dpkg', ['--status', name], { encoding: 'utf8' }).stdout.includes('\nStatus: install ok installed\n')

/** Installs the Debian packages that are missing, as root or by sudo; otherwise says what to type and exits with 1. */
export function ensureAptPackages(names) {
  if (!hasProgram('dpkg')) {
    console.error(`hufu: not a Debian system; the tests need what these packages hold: ${names.join(' ')}`)
    return
  }
  const missing = names.filter((name) => !isInstalled(name))
  if (missing.length === 0) return
  const apt = `apt-get install -y --no-install-recommends ${missing.join(' ')}`
  const asRoot = process.getuid?.() === 0 ? '' : hasProgram('sudo') ? 'sudo -n ' : null
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const install = (prefix) => run('sh', ['-c', `${prefix}apt-get update -qq && ${prefix}${apt} -qq`], { env })
  if (asRoot !== null && install(asRoot) === 0) return
  console.error(`hufu: these Debian packages are missing. As root, run:\n  ${apt}`)
  process.exit(1)
}
