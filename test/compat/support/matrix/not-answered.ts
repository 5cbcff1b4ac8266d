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
    InvalidArnException: 'an ARN that is none is the name of no key: NotFoundException',
    InvalidGrantTokenException: 'a grant is in force at once, so that its token is read and not needed',
    KMSInternalException: 'only for a defect, or a damaged store: the tests of the KMS cause that',
    KeyUnavailableException: 'only of key stores outside of AWS',
    LimitExceededException: 'no number of keys or aliases is too large',
    XksKeyAlreadyInUseException: 'the token is chosen when the service is started',
    XksKeyInvalidConfigurationException: 'the token is chosen when the service is started',
    XksKeyNotFoundException: 'the token is chosen when the service is started',
  },
  of: {
    AlreadyExistsException: { ReplicateKey: 'the tests of several regions cause that' },
    ConflictException: { RotateKeyOnDemand: 'only while another rotation of the key runs: the tests of rotation' },
    DisabledException: {
      CreateGrant: 'a grant on a disabled key can be made, and is of use when the key is enabled',
      DisableKeyRotation: 'the rotation of a disabled key can be switched off',
      ReplicateKey: 'the region is looked at first: the tests of several regions cause that',
      UpdatePrimaryRegion: 'the region is looked at first: the tests of several regions cause that',
    },
    ExpiredImportTokenException: { ImportKeyMaterial: 'the tests of imports move the clock' },
    InvalidGrantIdException: {
      RetireGrant: 'a grant that is not there is no grant that may be retired: AccessDeniedException',
      RevokeGrant: 'a grant that is not there is told like every other thing that is not',
      ListGrants: 'no grant has that id: an empty list',
    },
    MalformedPolicyDocumentException: {
      CreateKey: 'a policy is put on a key after it is made',
      ReplicateKey: 'a policy is put on a key after it is made',
    },
    KMSInvalidStateException: {
      GetKeyPolicy: 'it is told in every state',
      ListGrants: 'they are told in every state',
      ListKeyPolicies: 'they are told in every state',
      RetireGrant: 'a grant can be taken back in every state of its key',
      RevokeGrant: 'a grant can be taken back in every state of its key',
      DeleteAlias: 'an alias can be deleted in every state of its key',
      GetKeyRotationStatus: 'it is told in every state',
      ListKeyRotations: 'they are told in every state',
      ReplicateKey: 'the region is looked at first: the tests of several regions cause that',
      UpdatePrimaryRegion: 'the region is looked at first: the tests of several regions cause that',
    },
    NotFoundException: {
      ListRetirableGrants: 'it is on no key',
      RetireGrant: 'a grant that is not there is no grant that may be retired: AccessDeniedException',
    },
    TagException: {
      ReplicateKey: 'the region is looked at first',
      UntagResource: 'a tag that is not there is not missed',
    },
    UnsupportedOperationException: {
      CreateKey: 'only in a region of one mode (fips, gm): the tests of the modes',
      GenerateDataKeyPair: 'a pair that is not made is another value: ValidationException',
      GenerateDataKeyPairWithoutPlaintext: 'a pair that is not made is another value: ValidationException',
      GenerateRandom: 'every token makes random bytes',
      GetPublicKey: 'of a symmetric key: InvalidKeyUsageException',
      ListKeyRotations: 'a key that is never rotated has none',
      PutKeyPolicy: 'every key has a policy',
    },
  },
}
