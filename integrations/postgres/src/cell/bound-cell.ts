import type { EncryptedColumn } from '../catalogue/catalogue.ts'
import { CellRefused } from './read-error.ts'

export interface BoundCell {
  readonly cell: Buffer
  readonly tenant: string | null
  readonly row: string | null
}

/** Last byte of what `hufu.bound` makes. */
const MARK = 0xfc

/** Takes apart what `hufu.bound(cell, tenant, row)` makes: cell, texts, their sizes, a mark. */
export function unbind(bytes: Buffer, column: EncryptedColumn): BoundCell {
  if (bytes.length < 9 || bytes.at(-1) !== MARK) throw new CellRefused(column)
  const row = bytes.readInt32BE(bytes.length - 5)
  const tenant = bytes.readInt32BE(bytes.length - 9)
  const rowStart = bytes.length - 9 - Math.max(row, 0)
  const tenantStart = rowStart - Math.max(tenant, 0)
  if (tenantStart < 0 || rowStart < tenantStart) throw new CellRefused(column)
  return {
    cell: bytes.subarray(0, tenantStart),
    tenant: tenant < 0 ? null : bytes.toString('utf8', tenantStart, rowStart),
    row: row < 0 ? null : bytes.toString('utf8', rowStart, bytes.length - 9),
  }
}
