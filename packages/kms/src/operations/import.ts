import { DecryptionError } from '@hufu/crypto'
import {
  HufuError,
  type ImportMaterialInput,
  type ImportParameters,
  type ImportParametersInput,
  keyKinds,
} from '@hufu/wire'
import type { NewMaterial } from '../backend/key-backend.ts'
import { EXPIRED_TOKEN_KEPT, type ImportToken, newToken, TOKEN_LIFE, tokenId } from '../import/import-token.ts'
import { materialCheck } from '../import/material-check.ts'
import { checkUnbound } from '../key/check-unbound.ts'
import type { Key } from '../key/key.ts'
import type { Call } from '../kms.ts'
import { checkExpiry } from '../limits.ts'
import { isPrimary, toldLater } from '../replication/group.ts'
import type { Reads, Writes } from '../store/store.ts'

export function importParameters(call: Call, input: ImportParametersInput): Promise<ImportParameters> {
  const request = { action: 'GetParametersForImport', keyName: input.keyId, needs: 'importMaterial' } as const
  const { clock, backend } = call.kms
  return call.change({ ...request, keepState: true }, async (writes, key) => {
    checkExternal(key)
    checkAlgorithm(input)
    const { wrapped, publicKey } = await backend.generate(input.wrappingKeySpec)
    if (publicKey === null) throw new TypeError('expected a key pair, received a symmetric key')
    const token = newToken()
    const validTo = clock() + TOKEN_LIFE
    const { wrappingKeySpec: spec, algorithm } = input
    await writes.deleteImportTokens(clock() - EXPIRED_TOKEN_KEPT)
    await writes.insertImportToken({ id: tokenId(token), keyId: key.id, spec, algorithm, wrapped, expiresAt: validTo })
    return { keyId: call.arn(key), token, publicKey, validTo }
  })
}

export async function importMaterial(call: Call, input: ImportMaterialInput): Promise<void> {
  const request = { action: 'ImportKeyMaterial', keyName: input.keyId, needs: 'importMaterial' } as const
  const id = await call.change(request, async (writes, key) => {
    checkExternal(key)
    checkOrder(call, key)
    const token = await redeem(call, writes, key, input.token)
    const expiresAt = checkExpiry(input.validTo, call.kms.clock())
    const material = await unwrapInto(call, key, token, input.encryptedMaterial)
    const check = await materialCheck(call.kms.backend, { id: `import ${token.id}`, spec: key.spec, ...material })
    call.kms.backend.forget(`import ${token.id}`)
    if (key.materialCheck !== null && key.materialCheck !== check)
      throw new HufuError('MaterialMismatch', 'expected the material that the key had before, received another')
    await writes.deleteVersions(key.id)
    await writes.insertVersion(await call.kms.factory.importedVersion(key, material))
    const told = toldLater(key, call.kms.place.region, call.kms.clock())
    await writes.updateKey({ ...told, version: 1, materialExpiresAt: expiresAt, materialCheck: check })
    return key.id
  })
  await call.kms.replication.tell(id)
}

export function deleteImportedMaterial(call: Call, keyId: string): Promise<void> {
  const request = { action: 'DeleteImportedKeyMaterial', keyName: keyId, needs: 'deleteMaterial' } as const
  return call.change(request, async (writes, key) => {
    checkExternal(key)
    await checkUnbound(writes, key)
    await loseMaterial(writes, key)
  })
}

/** The key waits for the same material again; what says that it is the same stays. */
export async function loseMaterial(writes: Writes, key: Key): Promise<void> {
  await writes.deleteVersions(key.id)
  await writes.updateKey({ ...key, version: 0, materialExpiresAt: null })
}

/** Takes the token out of the store, so that it serves once. */
async function redeem(call: Call, writes: Reads & Writes, key: Key, bytes: Uint8Array): Promise<ImportToken> {
  const token = await writes.importToken(tokenId(bytes))
  if (token === null || token.keyId !== key.id)
    throw new HufuError('ImportTokenInvalid', 'expected an unused import token of this key, received another')
  if (token.expiresAt <= call.kms.clock())
    throw new HufuError('ImportTokenExpired', `expected an import token of the last 24 hours, received an older one`)
  await writes.deleteImportToken(token.id)
  return token
}

async function unwrapInto(call: Call, key: Key, token: ImportToken, encrypted: Uint8Array): Promise<NewMaterial> {
  const wrapping = { id: `import token ${token.id}`, spec: token.spec, wrapped: token.wrapped }
  try {
    return await call.kms.backend.importKey(key.spec, wrapping, token.algorithm, encrypted)
  } catch (cause) {
    if (!(cause instanceof DecryptionError)) throw cause
    throw new HufuError('InvalidMaterial', `expected ${key.spec} material under the key of this import token`, {
      cause,
    })
  } finally {
    call.kms.backend.forget(wrapping.id)
  }
}

/** The first import is the primary's: from it the replicas know which material is the same. */
function checkOrder({ kms }: Call, key: Key): void {
  if (isPrimary(key, kms.place.region) || key.materialCheck !== null) return
  throw new HufuError('InvalidState', 'expected material that the primary has already, received the first')
}

function checkExternal({ origin }: Key): void {
  if (origin !== 'EXTERNAL')
    throw new HufuError('NotExternal', 'expected a key of origin EXTERNAL, received one made here')
}

function checkAlgorithm({ wrappingKeySpec, algorithm }: ImportParametersInput): void {
  if (keyKinds[wrappingKeySpec].encryption.includes(algorithm)) return
  throw new HufuError('InvalidParameter', `expected an algorithm of ${wrappingKeySpec}, received ${algorithm}`)
}
