/** Errors that AWS documents and this server does not answer, with the reason: of every action, or of some. */
export const notAnswered: {
  readonly all: Readonly<Record<string, string>>
  readonly of: Readonly<Record<string, Readonly<Record<string, string>>>>
} = {
  all: {
    CloudHsmClusterInvalidConfigurationException: 'the token is chosen when the service is started',
    CustomKeyStoreInvalidStateException: 'the token is chosen when the service is started',
    CustomKeyStoreNotFoundException: 'the token is chosen when the service is started',
    DependencyTimeoutException: 'only while the store or the token is down: the tests of the server cause that',
    DryRunOperationException: 'a dry run is refused with UnsupportedOperationException',
    InvalidArnException: 'an ARN that is none is the name of no key: NotFoundException',
    InvalidGrantTokenException: 'a grant token is refused with UnsupportedOperationException',
    KMSInternalException: 'only for a defect, or a damaged store: the tests of the KMS cause that',
    KeyUnavailableException: 'only of key stores outside of AWS',
    LimitExceededException: 'no number of keys or aliases is too large',
    MalformedPolicyDocumentException: 'a policy given with a key is none of these cases',
    XksKeyAlreadyInUseException: 'the token is chosen when the service is started',
    XksKeyInvalidConfigurationException: 'the token is chosen when the service is started',
    XksKeyNotFoundException: 'the token is chosen when the service is started',
  },
  of: {
    AlreadyExistsException: { ReplicateKey: 'the tests of several regions cause that' },
    ConflictException: { RotateKeyOnDemand: 'only while another rotation of the key runs: the tests of rotation' },
    DisabledException: {
      DisableKeyRotation: 'the rotation of a disabled key can be switched off',
      ReplicateKey: 'the region is looked at first: the tests of several regions cause that',
      UpdatePrimaryRegion: 'the region is looked at first: the tests of several regions cause that',
    },
    ExpiredImportTokenException: { ImportKeyMaterial: 'the tests of imports move the clock' },
    KMSInvalidStateException: {
      DeleteAlias: 'an alias can be deleted in every state of its key',
      DeleteImportedKeyMaterial: 'the material of a key that is to be deleted can be deleted before',
      GetKeyRotationStatus: 'it is told in every state',
      ListKeyRotations: 'they are told in every state',
      ReplicateKey: 'the region is looked at first: the tests of several regions cause that',
      UpdatePrimaryRegion: 'the region is looked at first: the tests of several regions cause that',
    },
    TagException: {
      ReplicateKey: 'the region is looked at first',
      UntagResource: 'a tag that is not there is not missed',
    },
    UnsupportedOperationException: {
      CreateKey: 'only in a region of one mode (fips, gm): the tests of the modes',
      DisableKeyRotation: 'the rotation of a key that has none can be switched off',
      GenerateDataKeyPair: 'a pair that is not made is another value: ValidationException',
      GenerateDataKeyPairWithoutPlaintext: 'a pair that is not made is another value: ValidationException',
      GenerateRandom: 'every token makes random bytes',
      GetKeyRotationStatus: 'of a key that is never rotated it is told that it is not',
      GetPublicKey: 'of a symmetric key: InvalidKeyUsageException',
      ListKeyRotations: 'a key that is never rotated has none',
    },
  },
}
