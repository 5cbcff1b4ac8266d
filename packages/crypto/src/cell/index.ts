export * from './blind-index.ts'
export * from './cell-key.ts'
export * from './cell-layout.ts'
export { CELL_NAME_MAX } from './cell-place.ts'
