import { rm } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import type { Area } from './area.ts'
import { type Timed, timed } from './files/timed.ts'
import { withFileTools } from './files/tools.ts'

const MIB = 2 ** 20

/**
 * `hufu encrypt` and `hufu decrypt` from file to file on tmpfs, as they are typed, with the start of the process and
 * the KMS asked for the key; against Debian's `age` and `cp`, in turns, medians.
 */
export const files: Area = async ({ quick }) => {
  const [mebibytes, rounds] = quick ? [512, 3] : [1024, 7]
  return withFileTools(mebibytes * MIB, async (tools) => {
    const times: Record<string, Timed[]> = {}
    for (let round = 0; round <= rounds; round++)
      for (const { name, run, output } of tools) {
        await rm(output, { force: true })
        const time = await timed(run)
        // The first round only warms caches up.
        if (round > 0) times[name] = [...(times[name] ?? []), time]
      }
    const seconds = (name: string) => median((times[name] ?? []).map((time) => time.seconds))
    const processor = (name: string) => median((times[name] ?? []).map((time) => time.processor))
    return {
      ratios: {
        encrypt_over_age: seconds('age_encrypt') / seconds('hufu_encrypt'),
        decrypt_over_age: seconds('age_decrypt') / seconds('hufu_decrypt'),
        encrypt_over_cp: seconds('cp') / seconds('hufu_encrypt'),
        decrypt_over_cp: seconds('cp') / seconds('hufu_decrypt'),
      },
      figures: {
        ...Object.fromEntries(tools.map(({ name }) => [`${name}_mib_per_s`, mebibytes / seconds(name)])),
        ...Object.fromEntries(tools.map(({ name }) => [`${name}_cpu_ms`, processor(name) * 1000])),
        encrypt_cores_used: processor('hufu_encrypt') / seconds('hufu_encrypt'),
        decrypt_cores_used: processor('hufu_decrypt') / seconds('hufu_decrypt'),
        cores: availableParallelism(),
      },
    }
  })
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN
