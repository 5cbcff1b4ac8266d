import { inspect } from 'node:util'
import { KeyFormatError } from '../key-format-error.ts'
import { Secret } from '../secret.ts'
import { isScalar } from './curve.ts'
import type { Sm2Engine, Sm2PrivateOperations } from './engine.ts'
import { sm2Engine } from './engines.ts'
import { decodePkcs8, encodePkcs8 } from './key-encoding.ts'
import { decodePem, encodePem } from './pem.ts'
import { Sm2PublicKey } from './public-key.ts'
import { randomScalar } from './random-scalar.ts'

/** A private key and its public key. Dispose it: `using key = Sm2PrivateKey.generate()`. */
export class Sm2PrivateKey implements Disposable {
  readonly publicKey: Sm2PublicKey
  readonly #scalar: Secret
  readonly #engine: Sm2Engine
  #operations: Sm2PrivateOperations | undefined

  private constructor(scalar: Secret, publicKey: Sm2PublicKey, engine: Sm2Engine) {
    this.#scalar = scalar
    this.publicKey = publicKey
    this.#engine = engine
  }

  static generate(engine: Sm2Engine = sm2Engine): Sm2PrivateKey {
    using scalar = Secret.take(randomScalar())
    return Sm2PrivateKey.fromScalar(scalar, engine)
  }

  /** From 32 big-endian bytes in [1, n-2], which are copied. Throws `KeyFormatError`. */
  static fromScalar(scalar: Secret, engine: Sm2Engine = sm2Engine): Sm2PrivateKey {
    const bytes = scalar.bytes()
    if (!isScalar(bytes)) throw new KeyFormatError('expected an SM2 private key: 32 bytes, from 1 to n-2')
    const publicKey = Sm2PublicKey.fromPoint(engine.publicPoint(bytes), engine)
    return new Sm2PrivateKey(Secret.take(Uint8Array.from(bytes)), publicKey, engine)
  }

  /** From a PrivateKeyInfo in DER, or PEM text. A public key that is in it must be the scalar's. Throws `KeyFormatError`. */
  static fromPkcs8(pkcs8: Secret | string, engine: Sm2Engine = sm2Engine): Sm2PrivateKey {
    using parsed = typeof pkcs8 === 'string' ? Secret.take(decodePem('PRIVATE KEY', pkcs8)) : copy(pkcs8)
    const { scalar, point } = decodePkcs8(parsed.bytes())
    using material = Secret.take(scalar)
    const key = Sm2PrivateKey.fromScalar(material, engine)
    if (point === null || Buffer.compare(point, key.publicKey.toPoint()) === 0) return key
    key[Symbol.dispose]()
    throw new KeyFormatError('expected the public key that belongs to the private key')
  }

  /** A copy of the 32 bytes of the scalar. */
  toScalar(): Secret {
    return copy(this.#scalar)
  }

  /** PrivateKeyInfo in DER, unencrypted. */
  toPkcs8(): Secret {
    return Secret.take(encodePkcs8(this.#scalar.bytes(), this.publicKey.toPoint()))
  }

  /** PrivateKeyInfo as PEM: the key in the clear, in a string that nobody can erase. */
  toPlaintextPem(): string {
    using pkcs8 = this.toPkcs8()
    return encodePem('PRIVATE KEY', pkcs8.bytes())
  }

  /** The engine's handle of this key, made on first use. Throws `TypeError` after dispose. */
  get operations(): Sm2PrivateOperations {
    this.#operations ??= this.#engine.privateKey(this.#scalar.bytes(), this.publicKey.toPoint())
    return this.#operations
  }

  [Symbol.dispose](): void {
    this.#operations?.[Symbol.dispose]()
    this.#operations = undefined
    this.#scalar[Symbol.dispose]()
  }

  toString(): string {
    return '[Sm2PrivateKey]'
  }

  toJSON(): string {
    return '[Sm2PrivateKey]'
  }

  [inspect.custom](): string {
    return '[Sm2PrivateKey]'
  }
}

const copy = (secret: Secret): Secret => Secret.take(Uint8Array.from(secret.bytes()))
