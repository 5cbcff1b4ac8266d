import { KeyFormatError } from '../key-format-error.ts'
import { isPoint } from './curve.ts'
import type { Sm2Engine, Sm2PublicOperations } from './engine.ts'
import { sm2Engine } from './engines.ts'
import { decodeSpki, encodeSpki } from './key-encoding.ts'
import { decodePem, encodePem } from './pem.ts'

/** A point that has been checked: on the curve and not infinity. */
export class Sm2PublicKey {
  readonly #point: Uint8Array
  readonly #engine: Sm2Engine
  #operations: Sm2PublicOperations | undefined

  private constructor(point: Uint8Array, engine: Sm2Engine) {
    this.#point = point
    this.#engine = engine
  }

  /** From 04 || x || y. Throws `KeyFormatError` on any other form, and on a point off the curve. */
  static fromPoint(point: Uint8Array, engine: Sm2Engine = sm2Engine): Sm2PublicKey {
    if (!isPoint(point)) throw new KeyFormatError('expected an SM2 public key: 04 || x || y, a point on the curve')
    return new Sm2PublicKey(Uint8Array.from(point), engine)
  }

  /** From a SubjectPublicKeyInfo, in DER or as PEM text. Throws `KeyFormatError`. */
  static fromSpki(spki: Uint8Array | string, engine: Sm2Engine = sm2Engine): Sm2PublicKey {
    return Sm2PublicKey.fromPoint(decodeSpki(typeof spki === 'string' ? decodePem('PUBLIC KEY', spki) : spki), engine)
  }

  /** 04 || x || y, 65 bytes. */
  toPoint(): Uint8Array {
    return Uint8Array.from(this.#point)
  }

  /** SubjectPublicKeyInfo in DER, 91 bytes. */
  toSpki(): Uint8Array {
    return encodeSpki(this.#point)
  }

  toPem(): string {
    return encodePem('PUBLIC KEY', this.toSpki())
  }

  /** The engine's handle of this key, made on first use. */
  get operations(): Sm2PublicOperations {
    this.#operations ??= this.#engine.publicKey(this.#point)
    return this.#operations
  }
}
