export * from './block-layout.ts'
export * from './file-blocks.ts'
