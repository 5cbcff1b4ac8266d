import { emailOf, type Twins } from './twins.ts'

const QUERIES = 1000
/** Data keys that the query needs: the index key of the column and the key of its cells. */
const KEYS = 2

/** KMS calls for each data key, of 1,000 queries that begin together when no key is cached. */
export async function coldCalls({ encrypted, kms }: Twins): Promise<number> {
  await encrypted.query('SELECT 1')
  kms.forgetKeys()
  const before = kms.calls()
  const query = (_: unknown, i: number) => encrypted.query('SELECT email FROM people WHERE email = $1', [emailOf(i)])
  await Promise.all(Array.from({ length: QUERIES }, query))
  return (kms.calls() - before) / KEYS
}
