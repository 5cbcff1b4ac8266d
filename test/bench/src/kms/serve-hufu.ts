// The whole KMS in one process: server, domain, audit and token; `audit=off` leaves only the audit's writing out.
import { openThreadedBackend } from '@hufu/hsm'
import { openKms } from '@hufu/kms'
import { startServer } from '@hufu/server'

const [dir = '', audit = 'on', keys = '1'] = process.argv.slice(2)

const backend = await openThreadedBackend({ dir, pkcs11: 'auto' })
const store = { client: 'sqlite' as const, file: `${dir}/kms.db` }
const kms = await openKms({ store, backend, region: 'local-1', accountId: '000000000001' })
const root = await kms.bootstrap()
const own = kms.as({ ...root, requestId: 'bench', sourceIp: 'bench' })
const created = await tenths(Number(keys), 100, () => Promise.all(Array.from({ length: 100 }, () => own.createKey({}))))
const listed = await tenths(Number(keys), 1_000, (offset) => own.listKeys({ offset, limit: 1_000 }))
if (audit === 'off') Object.assign(kms.audit, { append: async () => {} })
const { keyId } = await own.describeKey('alias/s3')
const { url } = await startServer({ kms, host: '127.0.0.1', port: 0 })
process.send?.({ url, keyId, ...root, created, listed })

/** Milliseconds of the first and of the last tenth of so many steps of `size`. */
async function tenths(count: number, size: number, step: (from: number) => Promise<unknown>) {
  const steps = Math.floor(count / size)
  const tenth = Math.max(1, Math.floor(steps / 10))
  const times: number[] = []
  for (let done = 0; done < steps; done++) {
    const started = performance.now()
    await step(done * size)
    times.push(performance.now() - started)
  }
  const sum = (part: readonly number[]) => part.reduce((total, time) => total + time, 0)
  return { first: sum(times.slice(0, tenth)), last: sum(times.slice(-tenth)), all: sum(times) }
}
