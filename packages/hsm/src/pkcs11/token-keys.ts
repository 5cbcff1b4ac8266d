import { DecryptionError, wrappedKeySize } from '@hufu/crypto'
import { DamagedMaterial, type KeyMaterial, type KeySpec, type NewMaterial, type Transfer } from '@hufu/kms'

import { LRUCache } from 'lru-cache'
import pkcs11 from 'pkcs11js'
import { openInToken, sealInToken } from './aes-gcm.ts'
import type { Cryptoki } from './cryptoki.ts'
import { deriveSecret } from './ec-point.ts'
import { receiveKeys, sendKeys } from './key-transfer.ts'
import { KEY_WRAP_PAD, MAX_WRAPPED } from './key-wrap.ts'
import { mayLeave, mayNotLeave } from './templates.ts'
import { TokenConnection } from './token-connection.ts'
import { type TokenKind, tokenKinds } from './token-kinds.ts'
import type { TokenIdentity, TokenSession } from './token-session.ts'

/** Some 9 KB each in SoftHSM2. */
const HELD_KEYS = 32_768
/** Bytes of the largest signature: that of RSA-4096. */
const MAX_BLOCK = 512

/** Keys inside one token. Material is unwrapped into it as session objects, the latest used of which stay. */
export class TokenKeys {
  readonly #token: TokenConnection
  readonly #held = new LRUCache<string, pkcs11.Handle>({ max: HELD_KEYS, dispose: (key) => this.#token.destroy(key) })
  readonly #making = new Set<Promise<NewMaterial>>()

  constructor(cryptoki: Cryptoki, identity: TokenIdentity) {
    this.#token = new TokenConnection(cryptoki, identity, () => this.#held.clear())
  }

  /** New material, made in a session of its own. */
  generate(spec: KeySpec): Promise<NewMaterial> {
    const making = this.#generate(spec)
    this.#making.add(making)
    const done = () => this.#making.delete(making)
    making.then(done, done)
    return making
  }

  /** A secret key that was encrypted to an RSA key of the token: it never is in process memory. */
  importUnder(spec: KeySpec, rsaKey: KeyMaterial, mechanism: pkcs11.Mechanism, encrypted: Uint8Array): NewMaterial {
    return this.#token.run((session) => {
      const template = [...kindOf(spec).template, mayLeave]
      const unwrapping = this.#unwrapped(session, rsaKey)
      const unwrap = () =>
        this.#api.C_UnwrapKey(session.handle, mechanism, unwrapping, Buffer.from(encrypted), template)
      return this.#imported(session, this.#token.judge(session, unwrap, decryptionFailed))
    })
  }

  /** A secret key from process memory, which is wiped. */
  importPlain(spec: KeySpec, material: Uint8Array): NewMaterial {
    const value = Buffer.from(material)
    material.fill(0)
    try {
      return this.#token.run((session) => {
        const template = [...kindOf(spec).template, mayLeave, { type: pkcs11.CKA_VALUE, value }]
        return this.#imported(session, this.#api.C_CreateObject(session.handle, template))
      })
    } finally {
      value.fill(0)
    }
  }

  /** From this token to another; the keys are in no process's memory. */
  exportKeys(keys: readonly KeyMaterial[], publicKey: Uint8Array): Transfer {
    return this.#token.run((session) => {
      const unwrap = keys.map((key) => () => this.#unwrap(session, key, mayLeave))
      return sendKeys({ api: this.#api, session: session.handle }, publicKey, unwrap)
    })
  }

  /** Throws `DecryptionError`. */
  receiveKeys(spec: KeySpec, rsaKey: KeyMaterial, transfer: Transfer): readonly Uint8Array[] {
    return this.#token.run((session) => {
      const own = { api: this.#api, session: session.handle }
      const unwrapping = this.#unwrapped(session, rsaKey)
      const take = (key: pkcs11.Handle) => this.#wrapAway(session, key, [key])
      const receive = () => receiveKeys(own, unwrapping, transfer, kindOf(spec).template, take)
      return this.#token.judge(session, receive, decryptionFailed)
    })
  }

  seal(key: KeyMaterial, nonce: Uint8Array, aad: Uint8Array, plaintext: Uint8Array): Uint8Array {
    return this.#token.run((session) =>
      sealInToken(this.#api, session.handle, this.#unwrapped(session, key), nonce, aad, plaintext),
    )
  }

  /** Throws `DecryptionError`. */
  open(key: KeyMaterial, nonce: Uint8Array, aad: Uint8Array, sealed: Uint8Array): Uint8Array {
    return this.#token.run((session) => {
      const object = this.#unwrapped(session, key)
      return this.#token.judge(
        session,
        () => openInToken(this.#api, session.handle, object, nonce, aad, sealed),
        decryptionFailed,
      )
    })
  }

  /** `mechanism` over `input`: a signature, a MAC, or the raw RSA operation. */
  sign(key: KeyMaterial, mechanism: number, input: Uint8Array): Uint8Array {
    return this.#token.run((session) => {
      this.#api.C_SignInit(session.handle, { mechanism }, this.#unwrapped(session, key))
      return this.#api.C_Sign(session.handle, Buffer.from(input), Buffer.alloc(MAX_BLOCK))
    })
  }

  /** ECDH with a point 04 || x || y: the x coordinate. Throws `DecryptionError` for a point off the curve. */
  agree(key: KeyMaterial, point: Uint8Array): Uint8Array {
    return this.#token.run((session) => {
      const own = this.#unwrapped(session, key)
      const derive = () => deriveSecret(this.#api, session.handle, own, point)
      return this.#token.judge(session, derive, decryptionFailed)
    })
  }

  /** The raw RSA operation on a ciphertext. Throws `DecryptionError` for one that is not below the modulus. */
  decryptRsa(key: KeyMaterial, ciphertext: Uint8Array): Uint8Array {
    return this.#token.run((session) => {
      this.#api.C_DecryptInit(session.handle, { mechanism: pkcs11.CKM_RSA_X_509 }, this.#unwrapped(session, key))
      const decrypt = () => this.#api.C_Decrypt(session.handle, Buffer.from(ciphertext), Buffer.alloc(MAX_BLOCK))
      return this.#token.judge(session, decrypt, decryptionFailed)
    })
  }

  /** Under the sealing root key itself, for material that is used in process memory. */
  sealAtRest(nonce: Uint8Array, aad: Uint8Array, plaintext: Uint8Array): Uint8Array {
    return this.#token.run(({ handle, sealing }) => sealInToken(this.#api, handle, sealing, nonce, aad, plaintext))
  }

  /** Throws `DecryptionError`. */
  openAtRest(nonce: Uint8Array, aad: Uint8Array, sealed: Uint8Array): Uint8Array {
    return this.#token.run((session) =>
      this.#token.judge(
        session,
        () => openInToken(this.#api, session.handle, session.sealing, nonce, aad, sealed),
        decryptionFailed,
      ),
    )
  }

  random(size: number): Uint8Array {
    return this.#token.run(({ handle }) => this.#api.C_GenerateRandom(handle, Buffer.alloc(size)))
  }

  forget(id: string): void {
    this.#held.delete(id)
  }

  /** Throws `BackendUnavailable` when the token does not answer. */
  probe(): void {
    this.#token.run((session) => this.#token.checkAlive(session))
  }

  /** Waits for what is being made. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#making)
    this.#token.close()
  }

  get #api(): pkcs11.PKCS11 {
    return this.#token.api
  }

  #generate(spec: KeySpec): Promise<NewMaterial> {
    return this.#token.runAlone(async (own) => {
      const { key, objects, publicKey } = await kindOf(spec).generate(this.#api, own)
      return this.#token.run((session) => ({ wrapped: this.#wrapAway(session, key, objects), publicKey }))
    })
  }

  /** Throws `DecryptionError` for a key that has not 32 bytes: its wrapped form tells. */
  #imported(session: TokenSession, key: pkcs11.Handle): NewMaterial {
    const wrapped = this.#wrapAway(session, key, [key])
    if (wrapped.length !== wrappedKeySize(32)) throw new DecryptionError()
    return { wrapped, publicKey: null }
  }

  #wrapAway({ handle, wrapping }: TokenSession, key: pkcs11.Handle, objects: readonly pkcs11.Handle[]): Uint8Array {
    try {
      const room = Buffer.alloc(MAX_WRAPPED)
      return Uint8Array.from(this.#api.C_WrapKey(handle, { mechanism: KEY_WRAP_PAD }, wrapping, key, room))
    } finally {
      for (const object of objects) this.#api.C_DestroyObject(handle, object)
    }
  }

  #unwrapped(session: TokenSession, material: KeyMaterial): pkcs11.Handle {
    const held = this.#held.get(material.id)
    if (held !== undefined) return held
    const key = this.#unwrap(session, material, mayNotLeave)
    this.#held.set(material.id, key)
    return key
  }

  #unwrap(session: TokenSession, { id, spec, wrapped }: KeyMaterial, leaving: pkcs11.Attribute): pkcs11.Handle {
    const template = [...kindOf(spec).template, leaving]
    const unwrap = () =>
      this.#api.C_UnwrapKey(
        session.handle,
        { mechanism: KEY_WRAP_PAD },
        session.wrapping,
        Buffer.from(wrapped),
        template,
      )
    return this.#token.judge(session, unwrap, (cause) => new DamagedMaterial(id, { cause }))
  }
}

const decryptionFailed = (cause: unknown): Error => new DecryptionError({ cause })

function kindOf(spec: KeySpec): TokenKind {
  const kind = tokenKinds[spec]
  if (kind === undefined) throw new TypeError(`expected a kind of key that is used in the token, received ${spec}`)
  return kind
}
