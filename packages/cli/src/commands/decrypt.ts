import { Command } from 'commander'
import { type ClientOptions, clientOptions, withClient } from '../sealed/client.ts'
import { interruptible } from '../sealed/interrupt.ts'
import { sourceNamed } from '../sealed/places.ts'
import { addContext } from '../sealed/repeated-options.ts'
import { runTransform } from '../sealed/transform.ts'

interface DecryptOptions extends ClientOptions {
  readonly output?: string
  readonly context?: Record<string, string>
}

export function decryptCommand(): Command {
  const command = new Command('decrypt')
    .description('open what was sealed: a file, a directory or a pipe')
    .argument('[SOURCE]', 'a file or directory; standard input unless named')
    .option('-o, --output <PATH>', 'where to: standard output unless named; a file appears when all of it is proven')
    .option('-c, --context <NAME=VALUE>', 'what it was sealed with; may be repeated', addContext)
  return clientOptions(command).action(decrypt)
}

async function decrypt(path: string | undefined, options: DecryptOptions): Promise<void> {
  const source = await sourceNamed(path)
  const { context = {}, output } = options
  await interruptible((signal) =>
    withClient(options, (hufu) =>
      runTransform(
        {
          name: 'decrypt',
          outputName: (name) => name.replace(/\.hufu$/, ''),
          file: (from, to, watch) => hufu.decryptFile(from, to, { context, ...watch, alone: true }),
          stream: (from, watch) => hufu.decrypt(from, { context, ...watch, reuse: true }),
        },
        source,
        output,
        signal,
      ),
    ),
  )
}
