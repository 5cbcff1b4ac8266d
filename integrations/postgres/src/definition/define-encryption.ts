import type { DataKeyCache } from '@hufu/sdk'
import { HufuError, type KeyEvents, type KeyService } from '@hufu/wire'
import type { ClientConfig } from 'pg'
import { z } from 'zod'
import type { Declarations } from '../catalogue/load-catalogue.ts'
import { Vault } from '../client/vault.ts'
import { ForgettableEvents } from '../keys/forgettable-events.ts'
import { type KeyUse, keyCache } from '../keys/keyring.ts'
import { columnDeclarations } from './column-declaration.ts'
import { findKms, type KmsAddress } from './find-kms.ts'

export interface EncryptionOptions {
  /** A key service, or its address; found by the environment when absent. */
  readonly kms?: KeyService | KmsAddress
  /** By path, `table.column` or `schema.table.column`. */
  readonly columns: z.input<typeof columnDeclarations>
  /** Where changes of keys are heard; without it, data keys are asked for anew every second. */
  readonly events?: KeyEvents
  /** The key service of another identity, for `SET hufu.principal` and `as`. */
  readonly principals?: (principal: string) => KeyService
}

/** Which columns are encrypted, and with whose keys. One for an application; any number of pools share it. */
export interface Encryption {
  readonly columns: Declarations
  /** As whom its pools ask for data keys; null for the key service's own identity. */
  readonly principal: string | null
  readonly keyCache: DataKeyCache<KeyUse>
  identity(principal: string | null): { readonly identity: string; readonly service: KeyService }
  /** The same encryption for pools that ask as another identity. */
  as(principal: string): Encryption
  /** Drops every cached data key. */
  forgetKeys(): void
  /** What is known of the database that a connection leads to. */
  vault(client: DatabaseAddress, config: string | ClientConfig | undefined): Vault
}

interface DatabaseAddress {
  readonly host: string
  readonly port: number
  readonly database?: string | undefined
  readonly user?: string | undefined
}

/** Checks the declarations. Throws `InvalidParameter`, naming the column, for any that cannot be. */
export function defineEncryption(options: EncryptionOptions): Encryption {
  const columns = parseColumns(options.columns)
  const service = findKms(options.kms)
  const events = new ForgettableEvents(options.events)
  const cache = keyCache(events)
  const vaults = new Map<string, Vault>()
  const identity: Encryption['identity'] = (principal) => {
    if (principal === null) return { identity: '', service }
    if (options.principals === undefined)
      throw new HufuError('InvalidParameter', 'expected principals in defineEncryption for SET hufu.principal')
    return { identity: principal, service: options.principals(principal) }
  }
  const make = (principal: string | null): Encryption => {
    const encryption: Encryption = {
      columns,
      principal,
      keyCache: cache,
      identity,
      as: make,
      forgetKeys: () => events.forgetAll(),
      vault(client, config) {
        const name = JSON.stringify([client.host, client.port, client.database, client.user])
        const known =
          vaults.get(name) ??
          new Vault(encryption, typeof config === 'string' ? { connectionString: config } : (config ?? {}))
        vaults.set(name, known)
        return known
      },
    }
    return encryption
  }
  return make(null)
}

function parseColumns(columns: unknown): Declarations {
  const parsed = columnDeclarations.safeParse(columns)
  if (parsed.success) return parsed.data
  throw new HufuError('InvalidParameter', `columns: ${z.prettifyError(parsed.error)}`)
}
