import { readLines } from './read-lines.ts'

interface ExportLine {
  readonly record?: { readonly log: number; readonly index: number }
}

/** Of each log in an export, the index of the record that comes next. */
export async function nextIndexes(file: string): Promise<Map<number, number>> {
  const next = new Map<number, number>()
  await readLines(file, (text) => {
    if (!text.startsWith('{"hash"')) return
    const { record } = JSON.parse(text) as ExportLine
    if (record !== undefined) next.set(record.log, record.index + 1)
  })
  return next
}
