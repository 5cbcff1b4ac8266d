/** Actions of the two APIs that are known and not served: each answers `NotSupported`, with the reason. */
export interface RefusedAction {
  readonly name: string
  readonly why: string
}

const LATER = 'it is not part of this version'

const because = (why: string, names: string): readonly RefusedAction[] =>
  names.split(' ').map((name) => ({ name, why }))

export const refusedTencent: readonly RefusedAction[] = [
  ...because(
    'white-box cryptography hides a key in code, which this system does not believe in',
    'CreateWhiteBoxKey DeleteWhiteBoxKey DescribeWhiteBoxDecryptKey DescribeWhiteBoxDeviceFingerprints DescribeWhiteBoxKey DescribeWhiteBoxKeyDetails DescribeWhiteBoxServiceStatus DisableWhiteBoxKey DisableWhiteBoxKeys EnableWhiteBoxKey EnableWhiteBoxKeys EncryptByWhiteBox OverwriteWhiteBoxDeviceFingerprints',
  ),
  ...because(
    LATER,
    'ArchiveKey AsymmetricRsaDecrypt AsymmetricSm2Decrypt BindCloudResource CancelDataKeyDeletion CancelKeyArchive CancelKeyDeletion DeleteImportedKeyMaterial DescribeDataKey DescribeDataKeys DescribeKeys DisableDataKey DisableDataKeys DisableKeyRotation DisableKeys EnableDataKey EnableDataKeys EnableKeyRotation EnableKeys GetDataKeyCiphertextBlob GetDataKeyPlaintext GetKeyRotationStatus GetParametersForImport GetPublicKey GetRegions GetServiceStatus ImportDataKey ImportKeyMaterial ListAlgorithms ListDataKeyDetail ListDataKeys ListKeyDetail PostQuantumCryptoDecrypt PostQuantumCryptoEncrypt PostQuantumCryptoSign PostQuantumCryptoVerify RotateKey ScheduleDataKeyDeletion ScheduleKeyDeletion SignByAsymmetricKey UnbindCloudResource UpdateAlias UpdateDataKeyDescription UpdateDataKeyName UpdateKeyDescription VerifyByAsymmetricKey',
  ),
]

export const refusedAws: readonly RefusedAction[] = [
  ...because(
    'the token is chosen when the service is started',
    'ConnectCustomKeyStore CreateCustomKeyStore DeleteCustomKeyStore DescribeCustomKeyStores DisconnectCustomKeyStore UpdateCustomKeyStore',
  ),
  ...because(
    LATER,
    'CancelKeyDeletion CreateAlias CreateGrant Decapsulate DeleteAlias DeleteImportedKeyMaterial DeriveSharedSecret DisableKeyRotation EnableKeyRotation Encapsulate GenerateDataKeyPair GenerateDataKeyPairWithoutPlaintext GenerateMac GetKeyLastUsage GetKeyPolicy GetKeyRotationStatus GetParametersForImport GetPublicKey ImportKeyMaterial ListAliases ListGrants ListKeyPolicies ListKeyRotations ListResourceTags ListRetirableGrants PutKeyPolicy ReplicateKey RetireGrant RevokeGrant RotateKeyOnDemand ScheduleKeyDeletion Sign TagResource UntagResource UpdateAlias UpdateKeyDescription UpdatePrimaryRegion Verify VerifyMac',
  ),
]
