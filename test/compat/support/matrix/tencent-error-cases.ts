import type { Case } from './case.ts'
import { tencentDataKeyErrors } from './tencent-data-key-errors.ts'
import { tencentKeyErrors } from './tencent-key-errors.ts'
import { tencentPostQuantumCases } from './tencent-post-quantum-cases.ts'
import { tencentServiceErrors } from './tencent-service-errors.ts'

/** The errors that Tencent documents of single actions, beside those of `tencentCases`; asked in one way. */
export const tencentErrorCases: readonly Case[] = [
  ...tencentServiceErrors,
  ...tencentKeyErrors,
  ...tencentPostQuantumCases,
  ...tencentDataKeyErrors,
]
