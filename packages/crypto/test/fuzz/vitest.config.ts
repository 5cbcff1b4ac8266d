import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import shared from '../../../../vitest.config.ts'

/** Fuzzing without end in sight: `npm run fuzz`, with FUZZ_SECONDS and FUZZ_SEED. */
export default defineConfig({
  ...shared,
  test: { ...shared.test, root: fileURLToPath(new URL('.', import.meta.url)), include: ['fuzz.ts'] },
})
