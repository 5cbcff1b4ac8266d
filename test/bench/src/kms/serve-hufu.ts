// The whole KMS in one process: server, domain, audit and token; `audit=off` leaves only the audit's writing out.
import { openBackend } from '@hufu/hsm'
import { openKms } from '@hufu/kms'
import { startServer } from '@hufu/server'

const [dir = '', audit = 'on', keys = '1'] = process.argv.slice(2)

const backend = await openBackend({ dir, pkcs11: 'auto' })
const store = { client: 'sqlite' as const, file: `${dir}/kms.db` }
const kms = await openKms({ store, backend, region: 'local-1', accountId: '000000000001' })
const root = await kms.bootstrap()
const own = kms.as({ ...root, requestId: 'bench', sourceIp: 'bench' })
for (let made = 1; made < Number(keys); made += 100)
  await Promise.all(Array.from({ length: 100 }, () => own.createKey({})))
if (audit === 'off') Object.assign(kms.audit, { append: async () => {} })
const { keyId } = await own.describeKey('alias/s3')
const { url } = await startServer({ kms, host: '127.0.0.1', port: 0 })
process.send?.({ url, keyId, ...root })
