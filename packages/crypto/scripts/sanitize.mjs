// The C code of the addon under AddressSanitizer and UndefinedBehaviorSanitizer, with vectors, random and hostile inputs;
// then what is done by several threads under ThreadSanitizer.
import { execFileSync, spawnSync } from 'node:child_process'
import { join } from 'node:path'
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

const flags = [
  ...['-g', '-O1', '-fno-omit-frame-pointer'],
  ...['-fsanitize=address,undefined', '-fno-sanitize-recover=all'],
]

const run = (program, suites, env = {}) => {
  const result = runProgram(program, suites, env)
  console.log(`${[...suites, ...Object.values(env)].join(' ')}: ${result.passed} passed, ${result.failed} failed`)
  return result
}

const threadFlags = ['-g', '-O1', '-fno-omit-frame-pointer', '-fsanitize=thread']

/** By several threads. ThreadSanitizer needs its addresses free: where the system may, it puts nothing there by chance. */
const threads = (folder) => {
  const output = join(folder, 'threads')
  const program = compile(folder, { sources: [...kernelSources(), ...harnessSources()], flags: threadFlags, output })
  const fixed = spawnSync('setarch', ['-R', 'true']).status === 0
  const [command, before] = fixed ? ['setarch', ['-R', program]] : [program, []]
  const suites = ['threads-aes', 'threads-sm4']
  const result = runProgram(command, [...before, ...suites], { TSAN_OPTIONS: 'halt_on_error=1' })
  console.log(`threads: ${result.passed} passed, ${result.failed} failed`)
  return result
}

/** What fuzzing has found, through the same harness. */
const replay = (folder) => {
  const output = join(folder, 'replay')
  const result = runProgram(
    compile(folder, { sources: [...kernelSources(), ...fuzzSources('replay')], flags, output }),
    [seedsFile],
  )
  console.log(`seeds of the fuzzing: ${result.passed} passed, ${result.failed} failed`)
  return result
}

finish(
  guarded(() =>
    inFolder((folder) => {
      const program = compile(folder, { sources: [...kernelSources(), ...harnessSources()], flags })
      const tiers = execFileSync(program, ['tiers'], { encoding: 'utf8' }).trimEnd().split('\n')
      console.log(`tiers of SM4 on this processor: ${tiers.join(', ')}`)
      const forEveryTier = tiers.map((tier) => run(program, ['sm4', 'threads-sm4'], { HUFU_SM4_TIER: tier }))
      return [
        run(program, ['aes', 'hmac', 'sm2', 'threads-aes', 'large']),
        ...forEveryTier,
        replay(folder),
        threads(folder),
      ]
    }),
  ),
)
