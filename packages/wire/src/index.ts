export * from './authority.ts'
export * from './error.ts'
export * from './key-events.ts'
export * from './key-service.ts'
