import { Command, Option } from 'commander'
import { CliError } from '../cli-error.ts'
import { exitCode } from '../exit-code.ts'
import { type ClientOptions, clientOptions, withClient } from '../sealed/client.ts'
import { interruptible } from '../sealed/interrupt.ts'
import { sourceNamed } from '../sealed/places.ts'
import { addContext, addTo } from '../sealed/repeated-options.ts'
import { runTransform } from '../sealed/transform.ts'

interface EncryptOptions extends ClientOptions {
  readonly key: readonly string[]
  readonly output?: string
  readonly context?: Record<string, string>
  readonly minimum?: number
  readonly threshold?: number
  readonly suite?: 'aes' | 'gm'
}

export function encryptCommand(): Command {
  const command = new Command('encrypt')
    .description('seal a file, a directory or a pipe: any one of the keys named opens it')
    .argument('[SOURCE]', 'a file or directory; standard input unless named')
    .requiredOption('-k, --key <KEY>', 'an id, an ARN or alias/NAME, with REGION: in front; may be repeated', addTo)
    .option('-o, --output <PATH>', 'where to: standard output unless named')
    .option('-c, --context <NAME=VALUE>', 'public text that must be the same to decrypt; may be repeated', addContext)
    .option('--minimum <COUNT>', 'seal when so many of the keys can be reached; all unless told', Number)
    .option('--threshold <COUNT>', 'how many of the keys it takes to open it; 1 unless told', Number)
    .addOption(new Option('--suite <SUITE>', 'aes, or gm for SM4 and SM3').choices(['aes', 'gm']))
  return clientOptions(command).action(encrypt)
}

async function encrypt(path: string | undefined, options: EncryptOptions): Promise<void> {
  const source = await sourceNamed(path)
  const { key: keys, context = {}, minimum, threshold, suite = 'aes', output } = options
  const onMissed = (missed: readonly { readonly name: string; readonly error: unknown }[]): void => {
    for (const { name, error } of missed)
      process.stderr.write(`hufu: sealed without ${name}: ${error instanceof Error ? error.message : String(error)}\n`)
  }
  const plan = { keys, context, minimum, threshold, suite, onMissed }
  await interruptible((signal) =>
    withClient(options, (hufu) =>
      runTransform(
        {
          name: 'encrypt',
          outputName: (name) => `${name}.hufu`,
          file: (from, to, watch) => hufu.encryptFile(from, to, { ...plan, ...watch, alone: true }),
          stream: (from, watch) => hufu.encrypt(from, { ...plan, ...watch, reuse: true }),
        },
        source,
        output,
        signal,
      ).catch(explain),
    ),
  )
}

/** The library tells a wrong call by `TypeError`. */
function explain(error: unknown): never {
  if (!(error instanceof TypeError)) throw error
  throw new CliError(exitCode.usage, error.message, 'see: hufu encrypt --help', { cause: error })
}
