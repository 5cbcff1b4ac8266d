/** Does on the store and the token of a data directory, which no other process has open, what is due after so many days. */
import { join } from 'node:path'
import { openBackend } from '@hufu/hsm'
import { openKms } from '@hufu/kms'

const DAY = 86_400_000
const [, , data, region, days] = process.argv

const kms = await openKms({
  store: { client: 'sqlite', file: join(data, 'kms.db') },
  backend: await openBackend({ dir: join(data, 'hsm'), pkcs11: 'auto' }),
  region,
  accountId: '000000000001',
  clock: () => Date.now() + Number(days) * DAY,
})
await kms.runDueJobs()
await kms.close()
