// Compiles an addon for its packed package: prebuilds/linux-x64 and, where the cross compiler is, prebuilds/linux-arm64.
// It names no Node version: the addons are N-API only. They link nothing: OpenSSL is in the Node that loads them.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'

const headers = [process.env.npm_config_nodedir, dirname(dirname(process.execPath)), '/usr']
  .filter((prefix) => prefix !== undefined)
  .map((prefix) => join(prefix, 'include', 'node'))
  .find((folder) => existsSync(join(folder, 'node_api.h')))
const compilers = {
  x64: process.arch === 'x64' ? (process.env.CC ?? 'cc') : 'x86_64-linux-gnu-gcc',
  arm64: process.arch === 'arm64' ? (process.env.CC ?? 'cc') : 'aarch64-linux-gnu-gcc',
}
const flags = [
  ...['-std=gnu11', '-O3', '-fPIC', '-shared', '-fvisibility=hidden', '-pthread', '-s', '-DNAPI_VERSION=8'],
  // Threads of an addon outlive the worker that loaded it.
  '-Wl,-z,nodelete',
]

/** `folder` is the package's; `name` the addon's; `sources` its C files. */
export function prebuildAddon({ folder, name, sources, defines = [] }) {
  rmSync(join(folder, 'prebuilds'), { recursive: true, force: true })
  for (const [arch, compiler] of Object.entries(compilers)) {
    const output = join(folder, 'prebuilds', `linux-${arch}`, `${name}.napi.glibc.node`)
    mkdirSync(dirname(output), { recursive: true })
    const args = [...flags, ...defines, `-I${headers}`, '-o', output, ...sources]
    const { status, error } = spawnSync(compiler, args, { stdio: ['ignore', 'inherit', 'inherit'] })
    if (status === 0) {
      console.log(`prebuilt for linux-${arch}`)
      continue
    }
    rmSync(dirname(output), { recursive: true })
    if (error?.code !== 'ENOENT') process.exit(1)
    console.error(`no prebuilt addon for linux-${arch}: ${compiler} is not installed`)
  }
}
