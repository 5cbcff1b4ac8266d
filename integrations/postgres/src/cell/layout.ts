/** Where the blind index stands in a cell, from 0, and its bytes: docs/formats/column-cell.md. */
export const INDEX_START = 1
export const INDEX_SIZE = 16
/** Bytes of a column id. */
export const COLUMN_ID_SIZE = 16
