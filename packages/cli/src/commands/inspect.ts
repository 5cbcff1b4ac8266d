import { inspect, inspectFile } from '@hufu/sdk'
import { Command } from 'commander'
import { CliError } from '../cli-error.ts'
import { exitCode } from '../exit-code.ts'
import { printObject } from '../output/result.ts'
import { sourceNamed } from '../sealed/places.ts'

export function inspectCommand(): Command {
  return new Command('inspect')
    .description('show who can open a sealed file, and its context; needs no key and proves nothing')
    .argument('[FILE]', 'a sealed file; standard input unless named')
    .option('--json', 'print JSON')
    .action(async (path: string | undefined, { json = false }: { readonly json?: boolean }) => {
      const source = await sourceNamed(path)
      if (source.kind === 'directory')
        throw new CliError(exitCode.usage, `expected a file, received the directory ${source.path}`, 'name one file')
      printObject({ ...(await (source.kind === 'file' ? inspectFile(source.path) : inspect(source.open()))) }, json)
    })
}
