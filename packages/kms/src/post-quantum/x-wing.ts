import { Secret } from '@hufu/crypto'
import { ml_kem768_x25519 } from '@noble/post-quantum/hybrid.js'
import type { Kem } from './kem.ts'
import { rawPublicKeyForm } from './raw-key-forms.ts'

const SEED_SIZE = 32

/** 1.3.6.1.4.1.62253.25722 (draft-connolly-cfrg-xwing-kem). */
const publicKeyForm = rawPublicKeyForm('2b0601040183e62d81c87a', 1_216)

/** X-Wing: ML-KEM-768 and X25519. Its private key is a seed; its public key SubjectPublicKeyInfo in DER. */
export const xWing: Kem = {
  encapsulationSize: 1_120,
  materialSize: SEED_SIZE,
  generate() {
    const material = Secret.random(SEED_SIZE)
    const { publicKey } = ml_kem768_x25519.keygen(Uint8Array.from(material.bytes()))
    return { material, publicKey: publicKeyForm.wrap(publicKey) }
  },
  encapsulate(publicKey) {
    const { cipherText, sharedSecret } = ml_kem768_x25519.encapsulate(publicKeyForm.unwrap(publicKey))
    return { encapsulation: cipherText, secret: Secret.take(sharedSecret) }
  },
  decapsulate(material, encapsulation) {
    const seed = Uint8Array.from(material.bytes())
    try {
      return Secret.take(ml_kem768_x25519.decapsulate(Uint8Array.from(encapsulation), seed))
    } finally {
      seed.fill(0)
    }
  },
}
