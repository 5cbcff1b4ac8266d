import type { Case } from './case.ts'
import { onKeyCases } from './on-key.ts'
import { tencentKeyCases, tencentOnKey } from './tencent-key-cases.ts'
import { tencentDataKeyCases, tencentImportCases, tencentServiceCases } from './tencent-more-cases.ts'

/** Every case of the Tencent dialect, the same for each way that its client has to ask. */
export const tencentCases: readonly Case[] = [
  ...tencentOnKey.flatMap(onKeyCases),
  ...tencentKeyCases,
  ...tencentServiceCases,
  ...tencentImportCases,
  ...tencentDataKeyCases,
]
