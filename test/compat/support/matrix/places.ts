import { backends } from '../kms-server.ts'
import { stores } from '../stores.ts'

/** Every backend on every store. */
export const places = Object.entries(backends).flatMap(([backend, open]) =>
  Object.entries(stores).map(([store, openStore]) => [backend, store, open, openStore] as const),
)
