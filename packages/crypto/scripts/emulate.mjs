// The plain C code on arm64 in an emulator: the tests and the seeds of the fuzzing, cross-compiled and run under qemu.
// OpenSSL for arm64 comes from Debian into the temporary folder; the system stays without that architecture.
import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { ensureAptPackages } from '../../../scripts/apt.mjs'
import {
  compile,
  finish,
  fuzzSources,
  guarded,
  harnessSources,
  inFolder,
  kernelSources,
  runProgram,
  seedsFile,
} from './c-tests.mjs'

const triplet = 'aarch64-linux-gnu'

/** Options of apt that keep what it knows of arm64 within `folder`. */
const aptOptions = (folder) => {
  const settings = {
    'APT::Architecture': 'arm64',
    'APT::Architectures::': 'arm64',
    'APT::Sandbox::User': 'root',
    'Dir::State': join(folder, 'state'),
    'Dir::State::status': '/dev/null',
    'Dir::Cache': join(folder, 'cache'),
  }
  return ['-qq', ...Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`])]
}

/** Unpacks Debian's OpenSSL for arm64; the folder that stands for its root. */
function openssl(folder) {
  for (const part of ['state/lists/partial', 'cache/archives/partial', 'root'])
    mkdirSync(join(folder, part), { recursive: true })
  const apt = (...command) =>
    execFileSync('apt-get', [...aptOptions(folder), ...command], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'inherit'],
    })
  apt('update')
  apt('download', 'libssl3', 'libssl-dev')
  const root = join(folder, 'root')
  for (const name of readdirSync(folder).filter((name) => name.endsWith('.deb')))
    execFileSync('dpkg-deb', ['--extract', join(folder, name), root])
  return root
}

/** Compiles for arm64 and answers how to run it. */
function emulated(folder, root, name, sources) {
  const include = [`-I${root}/usr/include`, `-I${root}/usr/include/${triplet}`]
  const libraries = `${root}/usr/lib/${triplet}`
  const output = join(folder, name)
  compile(folder, { sources, flags: ['-O3', '-g', ...include, `-L${libraries}`], output })
  return ['-L', `/usr/${triplet}`, '-E', `LD_LIBRARY_PATH=${libraries}`, output]
}

function run(program, argument) {
  const result = runProgram('qemu-aarch64', [...program, argument])
  console.log(`arm64, ${argument.split('/').at(-1)}: ${result.passed} passed, ${result.failed} failed`)
  return result
}

ensureAptPackages(['gcc-aarch64-linux-gnu', 'libc6-dev-arm64-cross', 'qemu-user'])
process.env.CC = `${triplet}-gcc`
finish(
  guarded(() =>
    inFolder((folder) => {
      const root = openssl(folder)
      const tests = emulated(folder, root, 'tests', [...kernelSources(), ...harnessSources()])
      const replay = emulated(folder, root, 'replay', [...kernelSources(), ...fuzzSources('replay')])
      return [...['aes', 'hmac', 'sm2', 'sm4'].map((suite) => run(tests, suite)), run(replay, seedsFile)]
    }),
  ),
)
