import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Command } from 'commander'
import { CliError } from '../cli-error.ts'
import { exitCode } from '../exit-code.ts'

const benchMain = fileURLToPath(new URL('../../../../test/bench/dist/main.js', import.meta.url))

export function benchCommand(): Command {
  return new Command('bench')
    .description('measure an area against its named peers, in a checkout of the repository')
    .argument('<AREA>', 'crypto, files, kms, policy, sdk, s3, pg or volume')
    .option('--json', 'print JSON')
    .option('--quick', 'shorter runs: for trying it out, not for quoting')
    .action(bench)
}

async function bench(area: string, options: { readonly json?: boolean; readonly quick?: boolean }): Promise<void> {
  if (!existsSync(benchMain))
    throw new CliError(
      exitCode.notSupported,
      'the benches and their peers are in the repository, not in this package',
      'run it in a checkout, built by: npm start or npm test',
    )
  const flags = Object.entries(options).flatMap(([name, on]) => (on ? [`--${name}`] : []))
  const child = spawn(process.execPath, [benchMain, area, ...flags], { stdio: 'inherit' })
  const [code] = await once(child, 'exit')
  process.exitCode = code ?? exitCode.failed
}
