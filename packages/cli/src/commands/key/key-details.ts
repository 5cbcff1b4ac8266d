import type { ApiClient } from '@hufu/sdk'
import { z } from 'zod'
import { camelCase } from '../../output/camel-case.ts'
import type { Row } from '../../output/result.ts'

const described = z.object({ KeyMetadata: z.looseObject({ KeyId: z.string() }) })

/** A key as the API describes it, by its names in camel case. */
export async function keyDetails(tencent: ApiClient, keyId: string): Promise<Row> {
  const { KeyMetadata } = described.parse(await tencent.call('DescribeKey', { KeyId: keyId }))
  return camelCase(KeyMetadata) as Row
}
