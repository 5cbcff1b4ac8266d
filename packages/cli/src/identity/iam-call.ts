import type { SystemOptions } from '../system/connect.ts'
import { findSystem } from '../system/find-system.ts'
import { type QueryParameters, queryCall } from './query-call.ts'

/** One action of IAM on the running system. Throws `HufuError`. */
export const iamCall = async (
  options: SystemOptions,
  action: string,
  parameters: QueryParameters = {},
): Promise<Record<string, unknown>> => queryCall(await findSystem(options), 'iam', action, parameters)

/** The whole of a list that comes in pages. */
export async function iamList(
  options: SystemOptions,
  action: string,
  field: string,
  parameters: QueryParameters = {},
): Promise<readonly Record<string, unknown>[]> {
  const items: Record<string, unknown>[] = []
  for (let marker: string | undefined; ; ) {
    const answer = await iamCall(options, action, { ...parameters, Marker: marker })
    items.push(...(answer[field] as Record<string, unknown>[]))
    if (answer.IsTruncated !== true) return items
    marker = String(answer.Marker)
  }
}
