import { inspect, inspectFile } from '@hufu/sdk'
import { Command } from 'commander'
import { oneFailed } from '../output/one-failed.ts'
import { printList, printObject, type Row } from '../output/result.ts'
import { filesIn } from '../sealed/files-in.ts'
import { sourceNamed } from '../sealed/places.ts'

export function inspectCommand(): Command {
  return new Command('inspect')
    .description('show who can open a sealed file, and its context; needs no key and proves nothing')
    .argument('[PLACE]', 'a sealed file, or a directory of them; standard input unless named')
    .option('--json', 'print JSON')
    .action(async (path: string | undefined, { json = false }: { readonly json?: boolean }) => {
      const source = await sourceNamed(path)
      if (source.kind === 'directory') return inspectDirectory(source.path, json)
      printObject({ ...(await (source.kind === 'file' ? inspectFile(source.path) : inspect(source.open()))) }, json)
    })
}

/** Files that are no sealed messages are told of, and the others shown all the same. */
async function inspectDirectory(directory: string, json: boolean): Promise<void> {
  const rows: Row[] = []
  for await (const file of filesIn(directory))
    try {
      rows.push({ file, ...(await inspectFile(file)) })
    } catch (error) {
      oneFailed(file, error)
    }
  printList(rows, ['file', 'suite', 'plaintextSize', 'recipients'], json)
}
