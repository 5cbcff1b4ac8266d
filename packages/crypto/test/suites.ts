import { suites } from '../src/index.ts'

/** The suites that the formats are tested with: all. */
export const testedSuites = [suites.aes, suites.gm]
