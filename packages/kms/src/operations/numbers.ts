import { noEntity } from '../directory/checks.ts'
import { listEntries } from '../directory/documents.ts'
import type { EntityKind } from '../directory/entities.ts'
import { arnOf } from '../directory/entities.ts'
import { stockArn, stockPolicies } from '../directory/stock-policies.ts'
import type { Call } from '../kms.ts'

/** The name of what CAM names by its number; of a policy its ARN. What is then done with it authorises. */
export function nameOf(call: Call, kind: EntityKind, number: number): Promise<string> {
  return call.resolve({ action: 'cam:Resolve', subject: `${kind} ${number}` }, async () => {
    const stock = kind === 'policy' ? stockPolicies.find((policy) => policy.number === number) : undefined
    if (stock !== undefined) return stockArn(stock.name)
    const entry = (await listEntries(call.kms.store, kind)).find((one) => one.number === number)
    if (entry === undefined) throw noEntity(kind, String(number))
    return kind === 'policy' ? arnOf(call, 'policy', entry) : entry.name
  })
}
