import { type ForRecipient, HufuError } from '@hufu/wire'
import { forRecipient } from '../algorithms/recipient.ts'
import type { Key } from '../key/key.ts'
import type { Call } from '../kms.ts'
import { checkPlaintext } from '../limits.ts'
import { decodePostQuantum, hybridSpec, openPostQuantum, sealPostQuantum } from '../post-quantum/blob.ts'

export function postQuantumEncrypt(
  call: Call,
  keyId: string,
  plaintext: Uint8Array,
): Promise<{ readonly keyId: string; readonly ciphertext: Uint8Array }> {
  return call.use({ action: 'Encrypt', keyName: keyId, needs: 'encrypt' }, async (key) => {
    const spec = hybridSpec(key.spec)
    const publicKey = await call.kms.ring.publicKey(key)
    if (spec === null || publicKey === null) throw wrongKind(key)
    checkPlaintext(plaintext)
    return { keyId: call.arn(key), ciphertext: sealPostQuantum(spec, key.id, publicKey, plaintext) }
  })
}

export function postQuantumDecrypt(
  call: Call,
  { ciphertext, recipient }: { readonly ciphertext: Uint8Array } & ForRecipient,
): Promise<{ readonly keyId: string; readonly plaintext: Uint8Array }> {
  const blob = decodePostQuantum(ciphertext)
  return call.use({ action: 'Decrypt', keyName: blob?.keyId ?? null, needs: 'decrypt' }, async (key) => {
    if (blob === null || key.spec !== blob.spec)
      throw new HufuError('DecryptionFailed', 'the ciphertext is not one of its key')
    const material = await call.kms.ring.material(key)
    using secret = await call.kms.backend.decapsulate(material, blob.encapsulation)
    return { keyId: call.arn(key), plaintext: forRecipient(openPostQuantum(blob, secret), recipient) }
  })
}

const wrongKind = ({ spec }: Key): HufuError =>
  new HufuError('InvalidKeyUsage', `expected a key of a hybrid of ML-KEM-768, received a ${spec} key`)
