import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Kms, memoryBackend, openKms, type RootCredentials, type TokenVerifier } from '@hufu/kms'
import { type KmsPort, type RunningServer, type ServerOptions, startServer } from '../../src/index.ts'

export interface Running {
  readonly kms: Kms
  readonly server: RunningServer
  readonly root: RootCredentials
  /** The store's file. */
  readonly file: string
  /** The root user's own view of the keys. */
  readonly keys: ReturnType<Kms['as']>
  /** Milliseconds that the server's clock is ahead. */
  skew: number
  close(): Promise<void>
}

/** A server over a real KMS on a backend in memory; `change` puts faults between them. Web identities need a verifier. */
export async function start(
  change: (kms: Kms) => Partial<KmsPort> = () => ({}),
  options: Partial<ServerOptions> = {},
  verifyToken?: TokenVerifier,
): Promise<Running> {
  const dir = await mkdtemp(join(tmpdir(), 'hufu-server-'))
  const file = join(dir, 'kms.db')
  const kms = await openKms({
    store: { client: 'sqlite', file },
    backend: memoryBackend(),
    region: 'local-1',
    accountId: '000000000001',
    ...(verifyToken === undefined ? {} : { verifyToken }),
  })
  const root = await kms.bootstrap()
  const running = { skew: 0 }
  const clock = () => Date.now() + running.skew
  const port: KmsPort = {
    answers: kms.answers,
    as: (...asked) => kms.as(...asked),
    ready: () => kms.ready(),
    region: kms.region,
    accountId: kms.accountId,
    identities: kms.identities,
    audit: kms.audit,
    events: kms.events,
    proof: kms.proof,
    ...change(kms),
  }
  const server = await startServer({ kms: port, host: '127.0.0.1', port: 0, clock, ...options })
  const keys = kms.as({ ...root, requestId: 'test', sourceIp: 'test' })
  return Object.assign(running, {
    kms,
    file,
    server,
    root,
    keys,
    async close() {
      await server.close()
      await kms.close()
      await rm(dir, { recursive: true })
    },
  })
}
