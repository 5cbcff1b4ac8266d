import { HufuError, type KeySpec, type SigningAlgorithm } from '@hufu/wire'
import { messageDigest } from '../../algorithms/public-key.ts'
import type { KeyBackend, KeyMaterial } from '../../backend/key-backend.ts'
import type { Place } from '../../kms-parts.ts'
import type { Store } from '../../store/store.ts'
import type { Vault } from '../../vault/vault.ts'
import { NoteKey } from './note-key.ts'
import { signedNote } from './signed-note.ts'

const SETTING = 'audit key'

interface Kept {
  readonly spec: KeySpec
  readonly wrapped: string
  readonly spki: string
}

/** Signs checkpoints with a key that was made in the backend for nothing else. */
export class LogSigner {
  readonly key: NoteKey
  /** What the store's origins begin with. */
  readonly name: string
  readonly #backend: KeyBackend
  readonly #material: KeyMaterial
  readonly #algorithm: SigningAlgorithm

  private constructor(backend: KeyBackend, { spec, wrapped, spki }: Kept, { region, accountId }: Place) {
    this.#backend = backend
    this.key = new NoteKey(Buffer.from(spki, 'base64'))
    this.name = `hufu/${region}/${accountId}/${this.key.storeName}`
    this.#material = { id: 'audit/1', spec, wrapped: Buffer.from(wrapped, 'base64') }
    this.#algorithm = spec === 'SM2' ? 'SM2DSA' : 'ECDSA_SHA_256'
  }

  /** Makes the key at first opening: SM2 in the mode `gm`, else P-256. */
  static async open(backend: KeyBackend, store: Store, vault: Vault, place: Place, gm: boolean): Promise<LogSigner> {
    const sealed = (await store.setting(SETTING)) ?? (await createKey(backend, store, vault, gm))
    const text = await vault.open(SETTING, Buffer.from(sealed, 'base64')).catch((cause) => {
      throw new HufuError('Integrity', 'the stored key of the audit log is damaged', { cause })
    })
    return new LogSigner(backend, JSON.parse(Buffer.from(text).toString()), place)
  }

  origin(log: number): string {
    return `${this.name}/${log}`
  }

  async sign(text: string, name: string): Promise<string> {
    const digest = messageDigest(this.#algorithm, this.key.spki, Buffer.from(text))
    return signedNote(text, name, this.key.id(name), await this.#backend.sign(this.#material, this.#algorithm, digest))
  }
}

async function createKey(backend: KeyBackend, store: Store, vault: Vault, gm: boolean): Promise<string> {
  const spec = gm ? 'SM2' : 'ECC_NIST_P256'
  const { wrapped, publicKey } = await backend.generate(spec)
  if (publicKey === null) throw new TypeError(`expected a public key of ${spec}`)
  const kept: Kept = {
    spec,
    wrapped: Buffer.from(wrapped).toString('base64'),
    spki: Buffer.from(publicKey).toString('base64'),
  }
  const sealed = await vault.seal(SETTING, Buffer.from(JSON.stringify(kept)))
  return store.transact((writes) => writes.keepSetting(SETTING, Buffer.from(sealed).toString('base64')))
}
