/** Errors that Tencent documents and this server does not answer, with the reason: of every action, or of some. */
export const tencentNotAnswered: {
  readonly all: Readonly<Record<string, string>>
  readonly of: Readonly<Record<string, Readonly<Record<string, string>>>>
} = {
  all: {
    AuthFailure: 'the client signs every request: the tests of the server leave that out',
    'AuthFailure.UnauthorizedOperation': 'who may not is told by UnauthorizedOperation, as by every other action',
    'FailedOperation.TaggingError': 'tags are written with their key, in one transaction',
    'LimitExceeded.CmkLimitExceeded': 'no number of keys is too large',
    'LimitExceeded.DataKeyLimitExceeded': 'no number of data keys is too large',
    'UnsupportedOperation.NotRoleOperation': 'no key is of a product, whose role alone may change it',
    'UnsupportedOperation.NotUserCreatedCmk': 'every key is made by a user',
    'UnsupportedOperation.ServiceTemporaryUnavailable':
      'only while the store or the token is down: the tests of the server and of faults cause that',
    'UnsupportedOperation.UnsupportedKeyUsageInCurrentRegion':
      'only in a region of one mode (fips, gm): the tests of the modes',
    InvalidParameterValue: 'told by InvalidParameter, or by a code that says which value',
    'InvalidParameterValue.TagsNotExisted': 'a tag need not exist before a key has it',
  },
  of: {
    'FailedOperation.CmkUsedByCloudProduct': {
      ArchiveKey: 'what uses a key blocks its deletion only: what it encrypted can still be decrypted',
      BindCloudResource: 'a key may be used by many products, and by one twice',
      DisableKey: 'a key that leaked must be stopped at once, whatever uses it',
      DisableKeys: 'a key that leaked must be stopped at once, whatever uses it',
    },
    'FailedOperation.RotateTaskRunning': {
      RotateKey: 'a rotation by hand is over when it is answered: the tests of rotation run two at once',
    },
    'InvalidParameterValue.InvalidDataKeyName': {
      UpdateDataKeyDescription: 'a description is no name: one that is too long is told by InvalidParameter',
    },
    'InvalidParameterValue.InvalidKeyId': {
      DescribeDataKeys: 'it names no key',
      EnableDataKeys: 'it names no key',
    },
    'InvalidParameterValue.InvalidPlaintext': {
      ImportDataKey: 'told by InvalidParameterValue.InvalidImportKeyMaterial',
    },
    'InvalidParameterValue.InvalidType': { GetDataKeyPlaintext: 'it has no type' },
    'InvalidParameterValue.TagKeysDuplicated': {
      GenerateDataKey: 'data keys have no tags: UnsupportedOperation',
      ImportDataKey: 'data keys have no tags: UnsupportedOperation',
    },
    'ResourceUnavailable.CmkNotFound': {
      CancelDataKeyDeletion: 'the state of a data key is its own; its use asks for its key',
      EnableDataKey: 'the state of a data key is its own; its use asks for its key',
      EnableDataKeys: 'the state of a data key is its own; its use asks for its key',
      GetDataKeyPlaintext: 'only days after the deletion of its key: the clients do not move the clock',
      PostQuantumCryptoDecrypt: 'only days after the deletion of its key: the clients do not move the clock',
    },
    'ResourceUnavailable.CmkStateNotSupport': {
      AsymmetricRsaDecrypt: 'told by CmkDisabled or KeyPendingDelete',
      AsymmetricSm2Decrypt: 'told by CmkDisabled or KeyPendingDelete',
      CancelDataKeyDeletion: 'the state of a data key is its own; its use asks for its key',
      EnableDataKey: 'the state of a data key is its own; its use asks for its key',
      EnableDataKeys: 'the state of a data key is its own; its use asks for its key',
      GetPublicKey: 'told by CmkDisabled or KeyPendingDelete',
      PostQuantumCryptoSign: 'told by CmkDisabled, CmkArchived or KeyPendingDelete',
      PostQuantumCryptoVerify: 'told by CmkDisabled or KeyPendingDelete',
      SignByAsymmetricKey: 'told by CmkDisabled, CmkArchived or KeyPendingDelete',
      VerifyByAsymmetricKey: 'told by CmkDisabled or KeyPendingDelete',
    },
    'ResourceUnavailable.DataKeyStateNotSupport': {
      GetDataKeyCiphertextBlob: 'told by DataKeyDisabled or DataKeyPendingDelete',
    },
    'ResourceUnavailable.TokenExpired': { ImportKeyMaterial: 'the tests of imports move the clock' },
    UnsupportedOperation: { GetServiceStatus: 'it is always answered' },
  },
}
