export type Row = Readonly<Record<string, unknown>>

/** One thing: a JSON object, or its fields below each other. */
export function printObject(row: Row, json: boolean): void {
  const width = Math.max(...Object.keys(row).map((name) => name.length))
  if (json) print(JSON.stringify(row))
  else for (const [name, value] of Object.entries(row)) print(`${name.padEnd(width)}  ${cell(value)}`)
}

/** A list: one JSON object a line, or a table of the columns named. */
export function printList(rows: readonly Row[], columns: readonly string[], json: boolean): void {
  if (json) for (const row of rows) print(JSON.stringify(row))
  else printTable(rows, columns)
}

function printTable(rows: readonly Row[], columns: readonly string[]): void {
  const table = [
    columns.map((name) => name.toUpperCase()),
    ...rows.map((row) => columns.map((name) => cell(row[name]))),
  ]
  const widths = columns.map((_, column) => Math.max(...table.map((cells) => cells[column]?.length ?? 0)))
  for (const cells of table)
    print(
      cells
        .map((text, column) => text.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
}

const print = (text: string): void => {
  process.stdout.write(`${text}\n`)
}

function cell(value: unknown): string {
  if (value === undefined || value === null) return '-'
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
