import { hmac, Secret } from '@hufu/crypto'
import { type EncryptionContext, HufuError } from '@hufu/wire'
import type { Store } from '../store/store.ts'
import type { Vault } from '../vault/vault.ts'

const SETTING = 'audit sensitive key'
const KEY_SIZE = 32
const SEPARATOR = Buffer.of(0)

/** How the audit keeps an encryption context: values of sensitive names only as what they hash to (docs/formats/audit-log.md). */
export class SensitiveContext implements Disposable {
  readonly #names: ReadonlySet<string>
  readonly #key: Secret | null

  private constructor(names: readonly string[], key: Secret | null) {
    this.#names = new Set(names)
    this.#key = key
  }

  /** Makes the store's one key when names are first called sensitive. Throws `Integrity` when it is damaged. */
  static async open(names: readonly string[], store: Store, vault: Vault): Promise<SensitiveContext> {
    if (names.length === 0) return new SensitiveContext(names, null)
    const sealed = (await store.setting(SETTING)) ?? (await createKey(store, vault))
    const key = await vault.open(SETTING, Buffer.from(sealed, 'base64')).catch((cause) => {
      throw new HufuError('Integrity', 'the stored key of the sensitive values of the audit is damaged', { cause })
    })
    return new SensitiveContext(names, Secret.take(key))
  }

  /** Equal values of one name stay equal. */
  kept(context: EncryptionContext): EncryptionContext {
    const key = this.#key
    if (key === null) return context
    const pairs = Object.entries(context)
    return Object.fromEntries(
      pairs.map(([name, value]) => [name, this.#names.has(name) ? hashed(key, name, value) : value]),
    )
  }

  [Symbol.dispose](): void {
    this.#key?.[Symbol.dispose]()
  }
}

function hashed(key: Secret, name: string, value: string): string {
  const mac = hmac('sha256', key, Buffer.from(name), SEPARATOR, Buffer.from(value))
  return `hmac-sha256:${Buffer.from(mac).toString('base64')}`
}

async function createKey(store: Store, vault: Vault): Promise<string> {
  using key = Secret.random(KEY_SIZE)
  const sealed = await vault.seal(SETTING, key.bytes())
  return store.transact((writes) => writes.keepSetting(SETTING, Buffer.from(sealed).toString('base64')))
}
