import { equalBytes } from '@hufu/crypto'
import { HufuError, keyKinds, type MacAlgorithm } from '@hufu/wire'
import type { Key } from '../key/key.ts'
import type { Call } from '../kms.ts'
import { checkMessage } from '../limits.ts'

export function generateMac(
  call: Call,
  keyId: string,
  message: Uint8Array,
  algorithm?: MacAlgorithm,
): Promise<{ readonly keyId: string; readonly mac: Uint8Array }> {
  return call.use({ action: 'GenerateMac', keyName: keyId, needs: 'encrypt' }, async (key) => ({
    keyId: call.arn(key),
    mac: await macOf(call, key, message, algorithm),
  }))
}

export function verifyMac(
  call: Call,
  keyId: string,
  message: Uint8Array,
  mac: Uint8Array,
  algorithm?: MacAlgorithm,
): Promise<boolean> {
  return call.use({ action: 'VerifyMac', keyName: keyId, needs: 'decrypt' }, async (key) =>
    equalBytes(await macOf(call, key, message, algorithm), mac),
  )
}

async function macOf(
  call: Call,
  key: Key,
  message: Uint8Array,
  algorithm: MacAlgorithm | undefined,
): Promise<Uint8Array> {
  if (key.use !== 'GENERATE_VERIFY_MAC')
    throw new HufuError('InvalidKeyUsage', `expected a key that makes MACs, received a ${key.spec} key for ${key.use}`)
  const { mac } = keyKinds[key.spec]
  if (algorithm !== undefined && algorithm !== mac)
    throw new HufuError('InvalidKeyUsage', `expected ${mac}, the algorithm of a ${key.spec} key, received ${algorithm}`)
  return call.kms.backend.mac(await call.kms.ring.material(key), checkMessage(message))
}
