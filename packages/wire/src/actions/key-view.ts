import { keyKinds } from '../key-kinds.ts'
import { accountOfArn } from '../key-name.ts'
import type { KeyMetadata } from '../key-operations.ts'
import { awsMultiRegion, tencentSync } from './multi-region-view.ts'
import { seconds, secondsOrZero } from './seconds.ts'

/** `KeyMetadata` of the Tencent dialect; `KeySpec` and `ProtectionLevel` are Hufu's own. */
export function tencentKeyMetadata(key: KeyMetadata): Record<string, unknown> {
  const account = accountOfArn(key.arn)
  return {
    KeyId: key.keyId,
    Alias: key.alias,
    CreateTime: seconds(key.createdAt),
    Description: key.description,
    KeyState: key.state,
    KeyUsage: tencentKeyUsage(key),
    Type: key.spec === 'SM4' || key.spec === 'SM2' ? 4 : 2,
    CreatorUin: Number(account),
    CreatorUinString: account,
    KeyRotationEnabled: key.rotationDays !== null,
    RotateDays: key.rotationDays ?? 0,
    NextRotateTime: secondsOrZero(key.nextRotationAt),
    LastRotateTime: secondsOrZero(key.lastRotatedAt),
    Owner: key.owner,
    DeletionDate: secondsOrZero(key.deletionAt),
    Origin: key.origin === 'KMS' ? 'TENCENT_KMS' : 'EXTERNAL',
    ValidTo: secondsOrZero(key.materialExpiresAt),
    ResourceId: `creatorUin/${account}/${key.keyId}`,
    HsmClusterId: '',
    KeySpec: key.spec,
    ProtectionLevel: key.protectionLevel,
    ...tencentSync(key),
  }
}

/** Tencent's usage names a key's purpose and, but for symmetric keys, its algorithm. */
export function tencentKeyUsage({ use, spec }: Pick<KeyMetadata, 'use' | 'spec'>): string {
  if (use !== 'ENCRYPT_DECRYPT' && use !== 'SIGN_VERIFY') return use
  if (spec === 'AES_256' || spec === 'SM4') return use
  const algorithm = spec === 'ECC_NIST_P256' ? 'ECC' : spec
  return use === 'SIGN_VERIFY' ? `ASYMMETRIC_SIGN_VERIFY_${algorithm}` : `ASYMMETRIC_DECRYPT_${algorithm}`
}

/** `KeyMetadata` of the AWS dialect; `ProtectionLevel` is Hufu's own. */
export function awsKeyMetadata(key: KeyMetadata): Record<string, unknown> {
  const spec = awsKeySpec(key.spec)
  return {
    AWSAccountId: accountOfArn(key.arn),
    KeyId: key.keyId,
    Arn: key.arn,
    CreationDate: key.createdAt / 1000,
    Enabled: key.state === 'Enabled',
    Description: key.description,
    KeyUsage: key.use,
    KeyState: key.state === 'PendingDelete' ? 'PendingDeletion' : key.state,
    ...(key.deletionAt === null ? {} : { DeletionDate: key.deletionAt / 1000 }),
    Origin: key.origin === 'KMS' ? 'AWS_KMS' : 'EXTERNAL',
    ...awsExpiry(key),
    KeyManager: 'CUSTOMER',
    KeySpec: spec,
    CustomerMasterKeySpec: spec,
    ...awsMultiRegion(key),
    ...awsAlgorithms(key),
    ProtectionLevel: key.protectionLevel,
  }
}

function awsExpiry({ origin, state, materialExpiresAt }: KeyMetadata): Record<string, unknown> {
  if (origin === 'KMS' || state === 'PendingImport') return {}
  if (materialExpiresAt === null) return { ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' }
  return { ExpirationModel: 'KEY_MATERIAL_EXPIRES', ValidTo: materialExpiresAt / 1000 }
}

export const awsKeySpec = (spec: KeyMetadata['spec']): string => (spec === 'AES_256' ? 'SYMMETRIC_DEFAULT' : spec)

/** What a key can do, by AWS's names, under its own field for each use. */
export function awsAlgorithms({ use, spec }: Pick<KeyMetadata, 'use' | 'spec'>): Record<string, readonly string[]> {
  const { mac, signing } = keyKinds[spec]
  if (use === 'GENERATE_VERIFY_MAC') return { MacAlgorithms: mac === null ? [] : [mac] }
  if (use === 'SIGN_VERIFY') return { SigningAlgorithms: signing }
  if (use === 'KEY_AGREEMENT') return { KeyAgreementAlgorithms: ['ECDH'] }
  if (use === 'ENCAPSULATE_DECAPSULATE') return { EncapsulationAlgorithms: ['ML_KEM'] }
  return { EncryptionAlgorithms: encryptionAlgorithms(spec) }
}

function encryptionAlgorithms(spec: KeyMetadata['spec']): readonly string[] {
  if (spec === 'AES_256' || spec === 'SM4') return ['SYMMETRIC_DEFAULT']
  return keyKinds[spec].encryption.filter((algorithm) => awsEncryption.includes(algorithm))
}

/** Of those that AWS has a name for. */
const awsEncryption: readonly string[] = ['RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256', 'SM2PKE']
