import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import shared from '../../../../vitest.config.ts'

/** Makes the golden files that are missing: `npm run golden`. */
export default defineConfig({
  ...shared,
  test: { ...shared.test, root: fileURLToPath(new URL('.', import.meta.url)), include: ['make.ts'] },
})
