import { Secret } from '@hufu/crypto'
import { ml_kem512, ml_kem768, ml_kem1024 } from '@noble/post-quantum/ml-kem.js'
import type { Kem } from './kem.ts'
import { rawPrivateKey, rawPublicKeyForm } from './raw-key-forms.ts'

const SEED_SIZE = 64

/** The object identifiers are id-alg-ml-kem-512 and so on, 2.16.840.1.101.3.4.4.1 to 3 (RFC 9935). */
const parameterSets = {
  ML_KEM_512: { kem: ml_kem512, oid: '608648016503040401', publicKeySize: 800, ciphertextSize: 768 },
  ML_KEM_768: { kem: ml_kem768, oid: '608648016503040402', publicKeySize: 1_184, ciphertextSize: 1_088 },
  ML_KEM_1024: { kem: ml_kem1024, oid: '608648016503040403', publicKeySize: 1_568, ciphertextSize: 1_568 },
} as const

type MlKemSpec = keyof typeof parameterSets

/** ML-KEM (FIPS 203). Its private key is the seed d || z; its public key SubjectPublicKeyInfo in DER. */
export function mlKem(spec: MlKemSpec): Kem {
  const { kem, oid, publicKeySize, ciphertextSize } = parameterSets[spec]
  const publicKeyForm = rawPublicKeyForm(oid, publicKeySize)
  return {
    encapsulationSize: ciphertextSize,
    materialSize: SEED_SIZE,
    generate() {
      const material = Secret.random(SEED_SIZE)
      const { publicKey, secretKey } = kem.keygen(Uint8Array.from(material.bytes()))
      secretKey.fill(0)
      return { material, publicKey: publicKeyForm.wrap(publicKey) }
    },
    /** With the seed alone (RFC 9935, 6). */
    privateKey: (seed) => rawPrivateKey(oid, Buffer.concat([Buffer.of(0x80, SEED_SIZE), seed.bytes()])),
    encapsulate(publicKey) {
      const { cipherText, sharedSecret } = kem.encapsulate(publicKeyForm.unwrap(publicKey))
      return { encapsulation: cipherText, secret: Secret.take(sharedSecret) }
    },
    decapsulate(material, encapsulation) {
      const { secretKey } = kem.keygen(Uint8Array.from(material.bytes()))
      try {
        return Secret.take(kem.decapsulate(Uint8Array.from(encapsulation), secretKey))
      } finally {
        secretKey.fill(0)
      }
    },
  }
}
