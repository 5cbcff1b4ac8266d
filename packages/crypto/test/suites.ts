import { suites } from '../src/index.ts'

/** The suites that the formats are tested with. */
export const testedSuites = [suites.aes]
