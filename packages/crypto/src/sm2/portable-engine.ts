import { createRequire } from 'node:module'
import { SM2_N, toBytes, toNumber } from './curve.ts'
import type { Sm2Engine } from './engine.ts'
import { randomScalar } from './random-scalar.ts'

/** The part of `sm-crypto` that is used: numbers in hex, messages as arrays of bytes. */
interface SmCryptoSm2 {
  getPublicKeyFromPrivateKey(scalar: string): string
  doVerifySignature(e: number[], signature: string, point: string, options: { hash: false }): boolean
  doEncrypt(message: number[], point: string, mode: 1): string
  doDecrypt(ciphertext: string, scalar: string, mode: 1, options: { output: 'array' }): number[]
}

let loaded: SmCryptoSm2 | undefined

/** Loaded on first use: who has the addon never pays for it. */
function smCrypto(): SmCryptoSm2 {
  loaded ??= (createRequire(import.meta.url)('sm-crypto') as { sm2: SmCryptoSm2 }).sm2
  return loaded
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex')
const unhex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'hex'))
const modN = (value: bigint): bigint => ((value % SM2_N) + SM2_N) % SM2_N

/** The inverse modulo the prime n, by Fermat. */
function inverse(value: bigint): bigint {
  let result = 1n
  let square = modN(value)
  for (let exponent = SM2_N - 2n; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) result = modN(result * square)
    square = modN(square * square)
  }
  return result
}

/**
 * GB/T 32918.2, 6.1 from A3. Not `sm-crypto`'s own: it takes k from RC4, and the bias of that, summed
 * over many signatures, would tell the key.
 */
function sign(scalar: Uint8Array, e: Uint8Array): Uint8Array {
  const d = toNumber(scalar)
  for (;;) {
    const nonce = randomScalar()
    const k = toNumber(nonce)
    const x1 = toNumber(portableSm2.publicPoint(nonce).subarray(1, 33))
    const r = modN(toNumber(e) + x1)
    const s = modN(inverse(1n + d) * (k - r * d))
    if (r !== 0n && r + k !== SM2_N && s !== 0n) return Uint8Array.of(...toBytes(r), ...toBytes(s))
  }
}

/**
 * SM2 with `sm-crypto` as its curve. Numbers are JavaScript strings and time depends on them, so keys
 * can neither be zeroised nor hidden from someone who measures: see docs/sm.md.
 */
export const portableSm2: Sm2Engine = {
  publicPoint: (scalar) => unhex(smCrypto().getPublicKeyFromPrivateKey(hex(scalar))),
  publicKey: (point) => {
    const key = hex(point)
    return {
      verify: (e, signature) => smCrypto().doVerifySignature([...e], hex(signature), key, { hash: false }),
      encrypt: (message) => unhex(smCrypto().doEncrypt(Array.from(message), key, 1)),
      [Symbol.dispose]() {},
    }
  },
  privateKey: (scalar) => {
    const key = Uint8Array.from(scalar)
    return {
      sign: (e) => sign(key, e),
      decrypt: (ciphertext) => {
        const message = smCrypto().doDecrypt(hex(ciphertext), hex(key), 1, { output: 'array' })
        return message.length === 0 ? null : Uint8Array.from(message)
      },
      [Symbol.dispose]() {
        key.fill(0)
      },
    }
  },
}
