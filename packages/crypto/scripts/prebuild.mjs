// Compiles the addon for the packed package: prebuilds/linux-x64 and, where the cross compiler is, prebuilds/linux-arm64.
// It names no Node version: the addon is N-API only. It links nothing: OpenSSL is in the Node that loads it.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const folder = dirname(dirname(fileURLToPath(import.meta.url)))
const headers = join(process.env.npm_config_nodedir ?? dirname(dirname(process.execPath)), 'include', 'node')
const compilers = {
  x64: process.arch === 'x64' ? (process.env.CC ?? 'cc') : 'x86_64-linux-gnu-gcc',
  arm64: process.arch === 'arm64' ? (process.env.CC ?? 'cc') : 'aarch64-linux-gnu-gcc',
}
const flags = ['-std=gnu11', '-O3', '-fPIC', '-shared', '-fvisibility=hidden', '-pthread', '-s', '-DNAPI_VERSION=8']

const sources = readdirSync(join(folder, 'native'))
  .filter((name) => name.endsWith('.c'))
  .map((name) => join(folder, 'native', name))

function prebuild(arch, compiler) {
  const output = join(folder, 'prebuilds', `linux-${arch}`, 'hufu_crypto.napi.glibc.node')
  mkdirSync(dirname(output), { recursive: true })
  const { status, error } = spawnSync(compiler, [...flags, `-I${headers}`, '-o', output, ...sources], {
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  if (status === 0) return console.log(`prebuilt for linux-${arch}`)
  rmSync(dirname(output), { recursive: true })
  if (error?.code !== 'ENOENT') process.exit(1)
  console.error(`no prebuilt addon for linux-${arch}: ${compiler} is not installed`)
}

if (process.platform !== 'linux') {
  console.error(`expected Linux, found ${process.platform}`)
  process.exit(1)
}
rmSync(join(folder, 'prebuilds'), { recursive: true, force: true })
for (const [arch, compiler] of Object.entries(compilers)) prebuild(arch, compiler)
