// That the time of the kernels does not depend on secrets. Tiers that valgrind can execute run under memcheck with their
// secrets marked as undefined; all tiers, those for AVX-512 and GFNI above all, are checked in their machine code.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { compile, finish, guarded, inFolder, kernelSources, runProgram, testSource } from './c-tests.mjs'
import { functionsOf } from './constant-time/objdump.mjs'
import { leaks } from './constant-time/taint.mjs'

/** Tiers of SM4-GCM by the value of HUFU_SM4_TIER. valgrind 3.19 knows AES-NI, AVX2 and PCLMULQDQ, not AVX-512 and GFNI. */
const executed = process.arch === 'x64' ? ['aesni', 'portable'] : ['portable']
const inspected = ['sm4_gfni.c', 'sm4_aesni.c', 'sm4_portable.c', 'sm4.c', 'ghash.c']
/** Reads the processor's features, never a key. */
const harmless = new Set(['supported'])

const said = (name, ok) => {
  console.log(`${ok ? 'ok' : 'FAILED'}: ${name}`)
  return ok ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 }
}

const valgrind = ['--quiet', '--error-exitcode=99', `--suppressions=${testSource('constant_time.supp')}`]

function execution(folder) {
  const sources = [...kernelSources(), testSource('harness.c'), testSource('constant_time.c')]
  const program = compile(folder, { sources, flags: ['-O3', '-g'], output: join(folder, 'constant-time') })
  const leak = spawnSync('valgrind', [...valgrind, program, 'leak'])
  const runs = executed.map((tier) => {
    const result = runProgram('valgrind', [...valgrind, program], { HUFU_SM4_TIER: tier })
    console.log(`memcheck, ${tier}: ${result.passed} passed, ${result.failed} failed`)
    return result
  })
  return [said('memcheck finds a leak made on purpose', leak.status === 99), ...runs]
}

function inspection(folder) {
  const objects = (source) => {
    const output = join(folder, 'inspected.o')
    compile(folder, { sources: [source], flags: ['-O3', '-fvisibility=hidden', '-c'], output })
    return functionsOf(output)
  }
  const caught = objects(testSource('leaky.c')).map((code) =>
    said(`the inspection finds that ${code.name}() leaks`, leaks(code).length > 0),
  )
  const kernels = kernelSources().filter((path) => inspected.some((name) => path.endsWith(`/${name}`)))
  const clean = kernels.flatMap((source) =>
    objects(source)
      .filter(({ name }) => !harmless.has(name))
      .map((code) => {
        const found = leaks(code)
        for (const { instruction, reason } of found) console.log(`  ${code.name}: ${instruction}: ${reason}`)
        return said(
          `${source.split('/').at(-1)} ${code.name}(), ${code.instructions.length} instructions`,
          found.length === 0,
        )
      }),
  )
  return [...caught, ...clean, said('there is a file of every tier', kernels.length === inspected.length)]
}

// The inspection reads x86-64; elsewhere there is only the portable tier, which memcheck has executed.
const checks = process.arch === 'x64' ? [execution, inspection] : [execution]

finish(guarded(() => inFolder((folder) => checks.flatMap((check) => check(folder)))))
