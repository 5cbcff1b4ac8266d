import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { vectorsHeader } from './vectors-header.mjs'

const native = fileURLToPath(new URL('../native/', import.meta.url))

/** The C code that knows nothing of JavaScript, which is all but the addon's own glue. */
export const kernelSources = () =>
  readdirSync(native)
    .filter((name) => name.endsWith('.c') && !/binding|^addon|^values/.test(name))
    .map((name) => join(native, name))

export const testSource = (name) => join(native, 'test', name)

/** The tests of the C code, and their main. */
export const harnessSources = () =>
  readdirSync(join(native, 'test'))
    .filter((name) => /^(harness|sanitize|test_.*)\.c$/.test(name))
    .map(testSource)

/** The inputs that fuzzing has found, as hex. */
export const seedsFile = testSource('fuzz_seeds.txt')

/** The fuzz harness, with libFuzzer's entry only (`target`) or with a main that replays seeds too (`replay`). */
export const fuzzSources = (entry) =>
  readdirSync(join(native, 'test'))
    .filter((name) => /^(harness|fuzz_.*)\.c$/.test(name) && (entry === 'replay' || name !== 'fuzz_replay.c'))
    .map(testSource)

/** Runs `work` in a temporary folder that holds vectors.h. */
export function inFolder(work) {
  const folder = mkdtempSync(join(tmpdir(), 'hufu-c-tests-'))
  try {
    writeFileSync(join(folder, 'vectors.h'), vectorsHeader())
    return work(folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Compiles with the flags of binding.gyp and more, and links OpenSSL. Throws when the compiler is not content. */
export function compile(folder, { sources, flags, output = join(folder, 'test') }) {
  const include = [`-I${folder}`, `-I${join(native, 'test')}`]
  const warnings = ['-std=gnu11', '-Wall', '-Wextra']
  const link = flags.includes('-c') ? [] : ['-lcrypto', '-lpthread']
  const command = [...warnings, ...include, ...flags, '-o', output, ...sources, ...link]
  const { status, error } = spawnSync(process.env.CC ?? 'cc', command, { stdio: ['ignore', 'inherit', 'inherit'] })
  if (status !== 0) throw new Error(`the C tests could not be compiled: ${error?.message ?? `status ${status}`}`)
  return output
}

/** Runs a test program, shows what it says and counts its last line, `N passed, N failed`. A crash is one more failure. */
export function runProgram(program, args, env = {}) {
  const { status, stdout, stderr } = spawnSync(program, args, {
    encoding: 'utf8',
    env: { ...process.env, ...env },
    maxBuffer: 2 ** 26,
  })
  const counted = /(\d+) passed, (\d+) failed\s*$/.exec(stdout ?? '')
  const [passed, failed] = counted ? counted.slice(1).map(Number) : [0, 0]
  if (status !== 0) process.stdout.write(`${stdout}${stderr}\n`)
  return { passed, failed: status === 0 && counted ? failed : Math.max(1, failed) }
}

/** Adds up, says so in the last line, and exits with 1 when anything failed or nothing ran. */
export function finish(results) {
  const passed = results.reduce((sum, result) => sum + result.passed, 0)
  const failed = results.reduce((sum, result) => sum + result.failed, 0)
  console.log(`${passed} passed, ${failed} failed`)
  process.exit(failed > 0 || passed === 0 ? 1 : 0)
}

/** What `check` answers, or one failure when it throws. */
export function guarded(check) {
  try {
    return check()
  } catch (error) {
    console.error(`hufu: ${error.message}`)
    return [{ passed: 0, failed: 1 }]
  }
}
