import { DecryptionError } from '@hufu/crypto'
import { type Encapsulated, HufuError } from '@hufu/wire'
import type { Key } from '../key/key.ts'
import type { Call } from '../kms.ts'
import { type Kem, kems } from '../post-quantum/kem.ts'

/** By the public key, in process memory. */
export function encapsulate(call: Call, keyId: string): Promise<Encapsulated> {
  return call.use({ action: 'Encapsulate', keyName: keyId, needs: 'encrypt' }, async (key) => {
    const kem = kemOf(key)
    const publicKey = await call.kms.ring.publicKey(key)
    if (publicKey === null) throw wrongUse(key)
    const { encapsulation, secret } = kem.encapsulate(publicKey)
    using own = secret
    return { keyId: call.arn(key), sharedSecret: Uint8Array.from(own.bytes()), encapsulation }
  })
}

export function decapsulate(
  call: Call,
  keyId: string,
  encapsulation: Uint8Array,
): Promise<{ readonly keyId: string; readonly sharedSecret: Uint8Array }> {
  return call.use({ action: 'Decapsulate', keyName: keyId, needs: 'decrypt' }, async (key) => {
    if (encapsulation.length !== kemOf(key).encapsulationSize) throw new DecryptionError()
    using secret = await call.kms.backend.decapsulate(await call.kms.ring.material(key), encapsulation)
    return { keyId: call.arn(key), sharedSecret: Uint8Array.from(secret.bytes()) }
  })
}

function kemOf(key: Key): Kem {
  const kem = key.use === 'ENCAPSULATE_DECAPSULATE' ? kems[key.spec] : undefined
  if (kem === undefined) throw wrongUse(key)
  return kem
}

const wrongUse = ({ spec, use }: Key): HufuError =>
  new HufuError('InvalidKeyUsage', `expected a key for ENCAPSULATE_DECAPSULATE, received a ${spec} key for ${use}`)
