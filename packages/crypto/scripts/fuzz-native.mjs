// Coverage-guided fuzzing of the plain C code with clang's libFuzzer, AddressSanitizer and UndefinedBehaviorSanitizer.
// HUFU_FUZZ_SECONDS says how long, else 60. With `keep` as an argument what it found is added to the seeds, as hex.
// The seeds run under gcc in `npm run sanitize`, which needs no clang.
import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ensureAptPackages } from '../../../scripts/apt.mjs'
import { compile, fuzzSources, inFolder, kernelSources, seedsFile } from './c-tests.mjs'

const flags = [
  ...['-g', '-O1', '-fno-omit-frame-pointer', '-D_GNU_SOURCE'],
  ...['-fsanitize=fuzzer,address,undefined', '-fno-sanitize-recover=all'],
]
const longest = 600

const comments = (text) => text.split('\n').filter((line) => line.startsWith('#'))
const seeds = (text) => text.split('\n').filter((line) => /^[0-9a-f]+$/.test(line))

function writeCorpus(folder) {
  mkdirSync(folder)
  for (const [index, hex] of seeds(readFileSync(seedsFile, 'utf8')).entries())
    writeFileSync(join(folder, `seed-${index}`), Buffer.from(hex, 'hex'))
  // Every target with every cipher, on bytes of any kind.
  for (let made = 0; made < 100; made++)
    writeFileSync(join(folder, `made-${made}`), Buffer.from([made % 5, made / 5, ...randomBytes(longest - 2)]))
}

/** The fewest inputs that reach all that `corpus` reaches, as lines of hex, shortest first. */
function smallest(program, corpus, folder) {
  mkdirSync(folder)
  spawnSync(program, ['-merge=1', folder, corpus], { stdio: 'ignore' })
  const lines = readdirSync(folder).map((name) => readFileSync(join(folder, name)).toString('hex'))
  return lines.sort((a, b) => a.length - b.length || (a < b ? -1 : 1))
}

function fuzz(folder) {
  process.env.CC = 'clang'
  const program = compile(folder, { sources: [...kernelSources(), ...fuzzSources('target')], flags })
  const corpus = join(folder, 'corpus')
  writeCorpus(corpus)
  const seconds = process.env.HUFU_FUZZ_SECONDS ?? '60'
  const options = [
    `-max_total_time=${seconds}`,
    `-max_len=${longest}`,
    '-len_control=0',
    '-print_final_stats=1',
    '-verbosity=0',
  ]
  // Beside the program: an input that fails is printed, in Base64 and as bytes, and ends with the folder.
  const { status } = spawnSync(program, [...options, `-artifact_prefix=${folder}/`, corpus], { stdio: 'inherit' })
  if (status === 0 && process.argv.includes('keep')) {
    const kept = smallest(program, corpus, join(folder, 'smallest'))
    writeFileSync(seedsFile, [...comments(readFileSync(seedsFile, 'utf8')), ...kept, ''].join('\n'))
    console.log(`${kept.length} seeds kept`)
  }
  return status === 0 ? 0 : 1
}

ensureAptPackages(['clang', 'libclang-rt-14-dev', 'libssl-dev'])
process.exitCode = inFolder(fuzz)
