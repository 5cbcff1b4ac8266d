import { createECDH } from 'node:crypto'
import { hkdf, Secret, Sm2PrivateKey, Sm2PublicKey } from '@hufu/crypto'
import { ml_kem768 } from '@noble/post-quantum/ml-kem.js'
import type { Kem } from './kem.ts'

const SEED_SIZE = 64
const SCALAR_SIZE = 32
const KEM_PUBLIC_SIZE = 1_184
const KEM_CIPHERTEXT_SIZE = 1_088
const POINT_SIZE = 65
const LABEL = Buffer.from('hufu ML-KEM-768 SM2')

/** ML-KEM-768 and an exchange on the curve of SM2. Its private key is a seed and a scalar, its public key both raw. */
export const mlKemSm2: Kem = {
  encapsulationSize: KEM_CIPHERTEXT_SIZE + POINT_SIZE,
  materialSize: SEED_SIZE + SCALAR_SIZE,
  generate() {
    using own = Sm2PrivateKey.generate()
    using scalar = own.toScalar()
    using seed = Secret.random(SEED_SIZE)
    const material = Secret.take(Buffer.concat([seed.bytes(), scalar.bytes()]))
    return { material, publicKey: publicKeyOf(material) }
  },
  encapsulate(publicKey) {
    const [kemKey, point] = [publicKey.subarray(0, KEM_PUBLIC_SIZE), publicKey.subarray(KEM_PUBLIC_SIZE)]
    const { cipherText, sharedSecret } = ml_kem768.encapsulate(Uint8Array.from(kemKey))
    const ephemeral = createECDH('SM2')
    const encapsulation = Buffer.concat([cipherText, ephemeral.generateKeys()])
    const exchanged = ephemeral.computeSecret(Sm2PublicKey.fromPoint(point).toPoint())
    return { encapsulation, secret: combine(sharedSecret, exchanged, encapsulation, publicKey) }
  },
  decapsulate(material, encapsulation) {
    const [cipherText, point] = [
      encapsulation.slice(0, KEM_CIPHERTEXT_SIZE),
      encapsulation.subarray(KEM_CIPHERTEXT_SIZE),
    ]
    const { secretKey } = ml_kem768.keygen(material.bytes().slice(0, SEED_SIZE))
    const own = createECDH('SM2')
    own.setPrivateKey(material.bytes().subarray(SEED_SIZE))
    const exchanged = own.computeSecret(Sm2PublicKey.fromPoint(point).toPoint())
    const sharedSecret = ml_kem768.decapsulate(cipherText, secretKey)
    secretKey.fill(0)
    return combine(sharedSecret, exchanged, encapsulation, publicKeyOf(material))
  },
}

function publicKeyOf(material: Secret): Uint8Array {
  const { publicKey, secretKey } = ml_kem768.keygen(material.bytes().slice(0, SEED_SIZE))
  secretKey.fill(0)
  using scalar = Secret.take(material.bytes().slice(SEED_SIZE))
  using own = Sm2PrivateKey.fromScalar(scalar)
  return Buffer.concat([publicKey, own.publicKey.toPoint()])
}

/** Wipes both secrets. */
function combine(kem: Uint8Array, exchanged: Uint8Array, encapsulation: Uint8Array, publicKey: Uint8Array): Secret {
  using both = Secret.take(Buffer.concat([kem, exchanged]))
  kem.fill(0)
  exchanged.fill(0)
  return hkdf('sm3', both, new Uint8Array(), Buffer.concat([LABEL, encapsulation, publicKey]), 32)
}
