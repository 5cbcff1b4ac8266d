import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import shared from '../../../../vitest.config.ts'

/** Runs what needs vectors from outside, which the default suite does not. */
export default defineConfig({
  ...shared,
  test: { ...shared.test, root: fileURLToPath(new URL('.', import.meta.url)), include: ['*.check.ts'] },
})
