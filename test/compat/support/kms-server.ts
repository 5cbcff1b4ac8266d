import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openThreadedBackend } from '@hufu/hsm'
import {
  type KeyBackend,
  type Kms,
  type KmsOptions,
  openKms,
  type RootCredentials,
  type StoreLocation,
} from '@hufu/kms'
import { oidcVerifier, type RunningServer, type ServerOptions, startServer } from '@hufu/server'

export const REGION = 'local-1'

/** A whole KMS behind HTTP, as `hufu up` composes it, on a directory of its own. */
export interface KmsServer {
  readonly dir: string
  readonly kms: Kms
  readonly server: RunningServer
  readonly root: RootCredentials
  /** Shifts the server's clock, milliseconds; the clients keep the machine's. */
  skew: number
  /** Shifts the clock of the keys' life, milliseconds. */
  kmsSkew: number
  /** The server's clock stands still at this time, milliseconds; null when it goes. */
  standstill: number | null
  close(): Promise<void>
}

/** The backends that every test of the clients runs on. */
export const backends: Readonly<Record<string, OpenBackend>> = {
  SoftHSM2: (dir) => openThreadedBackend({ dir, pkcs11: 'auto' }),
  'the software token': (dir) => openThreadedBackend({ dir, pkcs11: 'off' }),
}

export type OpenBackend = (dir: string) => Promise<KeyBackend>

/** On SQLite in its own directory unless another store is given. */
export async function startKms(
  open: OpenBackend,
  location?: StoreLocation,
  { limits, ...more }: Partial<KmsOptions> & Pick<ServerOptions, 'limits'> = {},
): Promise<KmsServer> {
  const dir = await mkdtemp(join(tmpdir(), 'hufu-compat-'))
  const running: Pick<KmsServer, 'skew' | 'kmsSkew' | 'standstill'> = { skew: 0, kmsSkew: 0, standstill: null }
  const clock = () => running.standstill ?? Date.now() + running.skew
  const store = location ?? { client: 'sqlite' as const, file: join(dir, 'kms.db') }
  const kms = await openKms({
    store,
    backend: await open(dir),
    region: REGION,
    accountId: '000000000001',
    clock: () => running.standstill ?? Date.now() + running.kmsSkew,
    verifyToken: oidcVerifier(),
    ...more,
  })
  const root = await kms.bootstrap()
  const server = await startServer({
    kms,
    host: '127.0.0.1',
    port: 0,
    clock,
    ...(limits === undefined ? {} : { limits }),
  })
  return Object.assign(running, {
    dir,
    kms,
    server,
    root,
    async close() {
      await server.close()
      await kms.close()
      await rm(dir, { recursive: true })
    },
  })
}
