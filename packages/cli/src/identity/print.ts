import { camelCase } from '../output/camel-case.ts'
import { printList, printObject, type Row } from '../output/result.ts'
import type { SystemOptions } from '../system/connect.ts'

export const show = (options: SystemOptions, value: unknown): void =>
  printObject(camelCase(value) as Row, options.json === true)

export const showAll = (options: SystemOptions, values: readonly unknown[], columns: readonly string[]): void =>
  printList(
    values.map((value) => camelCase(value) as Row),
    columns,
    options.json === true,
  )

/** IAM shows documents percent-encoded. */
export const documentOf = (value: unknown): unknown => JSON.parse(decodeURIComponent(String(value)))
