/** Bytes of the longest tenant, row id: one less than what says that there is no row id. */
export const CELL_NAME_MAX = 65_534

/** Bytes of the longest place that the addon takes with a cell; a longer one goes through the cipher alone. */
export const CELL_PLACE_MAX = 512

const LONE_SURROGATE = /\p{Surrogate}/u
const NO_ROW_ID = Uint8Array.of(0xff, 0xff)

/** Where a cell belongs, as its associated data has it. */
export const cellPlace = (tenant: string, rowId: string | null): Uint8Array =>
  Buffer.concat([sized(tenant, 'tenant'), rowId === null ? NO_ROW_ID : sized(rowId, 'row id')])

function sized(text: string, what: string): Uint8Array {
  if (LONE_SURROGATE.test(text)) throw new TypeError(`expected a ${what} that is well-formed text`)
  const size = Buffer.byteLength(text)
  if (size > CELL_NAME_MAX)
    throw new TypeError(`expected a ${what} of at most ${CELL_NAME_MAX} bytes, received ${size}`)
  const bytes = Buffer.alloc(2 + size)
  bytes.writeUInt16BE(size)
  bytes.write(text, 2)
  return bytes
}
