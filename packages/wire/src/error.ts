/**
 * The error catalogue: every failure that crosses a package border or a wire, by its stable code.
 * Each row gives the HTTP status, the name in both dialects, and what the reader can do about it.
 */
export const errorCatalogue = {
  AccessDenied: {
    status: 400,
    tencent: 'UnauthorizedOperation',
    aws: 'AccessDeniedException',
    hint: 'ask for a policy that allows it; hufu policy simulate tells what decides',
  },
  AliasAlreadyExists: {
    status: 400,
    tencent: 'InvalidParameterValue.AliasAlreadyExists',
    aws: 'AlreadyExistsException',
    hint: 'choose another alias',
  },
  AliasNotFound: {
    status: 400,
    tencent: 'InvalidParameterValue.InvalidAlias',
    aws: 'NotFoundException',
    hint: 'list the aliases with: hufu key alias list',
  },
  BindingNotFound: {
    status: 400,
    tencent: 'ResourceUnavailable.CloudResourceBindingNotFound',
    aws: 'NotFoundException',
    hint: 'bind the resource before unbinding it',
  },
  BodyTooLarge: {
    status: 413,
    tencent: 'RequestSizeLimitExceeded',
    aws: 'RequestEntityTooLargeException',
    hint: 'send less: data above 4 KiB is sealed by the SDK under a data key',
  },
  CannotListen: {
    status: 500,
    tencent: 'InternalError',
    aws: 'KMSInternalException',
    hint: 'choose an address of this machine with --host, and a port that this user may open',
  },
  CertificateNotTrusted: {
    status: 503,
    tencent: 'InternalError',
    aws: 'KMSInternalException',
    hint: 'name the file of the CA that it is of with --ca or HUFU_CA (ca in the SDK), and call the server by a name that it has',
  },
  CertificateRefused: {
    status: 400,
    tencent: 'AuthFailure.UnauthorizedOperation',
    aws: 'UnrecognizedClientException',
    hint: 'docs/identities.md says which client certificates count, hufu up --tls-client-ca of which CA; without one, sign the request',
  },
  CertificateUnusable: {
    status: 400,
    tencent: 'InvalidParameter',
    aws: 'ValidationException',
    hint: 'name a certificate and its own key, without a passphrase, for an https endpoint: --client-cert FILE --client-key FILE (certificateFile and keyFile in the SDK)',
  },
  DataKeyDisabled: {
    status: 400,
    tencent: 'ResourceUnavailable.DataKeyDisabled',
    aws: 'DisabledException',
    hint: 'enable the data key first',
  },
  DataKeyNameAlreadyExists: {
    status: 400,
    tencent: 'InvalidParameterValue.DataKeyNameAlreadyExists',
    aws: 'AlreadyExistsException',
    hint: 'choose another name for the data key',
  },
  DataKeyNotFound: {
    status: 400,
    tencent: 'ResourceUnavailable.DataKeyNotFound',
    aws: 'NotFoundException',
    hint: 'list the data keys with ListDataKeys',
  },
  DataKeyNotPendingDelete: {
    status: 400,
    tencent: 'ResourceUnavailable.DataKeyNotPendingDelete',
    aws: 'KMSInvalidStateException',
    hint: 'nothing is to be cancelled: look at the data key with DescribeDataKey',
  },
  DataKeyPendingDelete: {
    status: 400,
    tencent: 'ResourceUnavailable.DataKeyPendingDelete',
    aws: 'KMSInvalidStateException',
    hint: 'cancel its deletion first',
  },
  DataKeyState: {
    status: 400,
    tencent: 'ResourceUnavailable.DataKeyStateNotSupport',
    aws: 'KMSInvalidStateException',
    hint: 'look at the data key with DescribeDataKey',
  },
  DecryptionFailed: {
    status: 400,
    tencent: 'InvalidParameterValue.InvalidCiphertext',
    aws: 'InvalidCiphertextException',
    hint: 'the ciphertext, its key and its encryption context must all be those of the encryption',
  },
  DeleteConflict: {
    status: 409,
    tencent: 'OperationDenied',
    aws: 'DeleteConflictException',
    hint: 'remove what hangs on it first: its keys, policies and memberships',
  },
  DryRun: {
    status: 400,
    tencent: 'FailedOperation',
    aws: 'DryRunOperationException',
    hint: 'leave DryRun out to do it',
  },
  DuplicateDataKeyId: {
    status: 400,
    tencent: 'InvalidParameterValue.DuplicatedDataKeyId',
    aws: 'ValidationException',
    hint: 'name each data key once',
  },
  DuplicateKeyId: {
    status: 400,
    tencent: 'InvalidParameterValue.DuplicatedKeyId',
    aws: 'ValidationException',
    hint: 'name each key once',
  },
  DuplicateTag: {
    status: 400,
    tencent: 'InvalidParameterValue.TagKeysDuplicated',
    aws: 'TagException',
    hint: 'give each tag key once',
  },
  EntityAlreadyExists: {
    status: 409,
    tencent: 'ResourceInUse',
    aws: 'AlreadyExistsException',
    hint: 'choose another name',
  },
  ExternalKeyNotRotated: {
    status: 400,
    tencent: 'UnsupportedOperation.ExternalCmkCanNotRotate',
    aws: 'UnsupportedOperationException',
    hint: 'make a new key, import its material, and move the alias',
  },
  IdentityLimit: {
    status: 409,
    tencent: 'LimitExceeded',
    aws: 'LimitExceededException',
    hint: 'remove one that is not needed any more',
  },
  ImportTokenExpired: {
    status: 400,
    tencent: 'ResourceUnavailable.TokenExpired',
    aws: 'ExpiredImportTokenException',
    hint: 'get new import parameters: they are good for 24 hours and for one import',
  },
  ImportTokenInvalid: {
    status: 400,
    tencent: 'InvalidParameter',
    aws: 'InvalidImportTokenException',
    hint: 'use the token that came with the public key, for the same key',
  },
  Integrity: {
    status: 500,
    tencent: 'InternalError',
    aws: 'KMSInternalException',
    hint: 'the stored material of this key is damaged: restore it from a backup',
  },
  Internal: {
    status: 500,
    tencent: 'InternalError',
    aws: 'KMSInternalException',
    hint: 'look up the request id in the server log',
  },
  InvalidAction: {
    status: 400,
    tencent: 'InvalidAction',
    aws: 'UnknownOperationException',
    hint: 'docs/api.md lists the supported actions',
  },
  InvalidAlias: {
    status: 400,
    tencent: 'InvalidParameterValue.InvalidAlias',
    aws: 'InvalidAliasNameException',
    hint: '1 to 60 letters, digits, - and _, the first a letter or a digit, not kms- in front',
  },
  InvalidAuthorization: {
    status: 400,
    tencent: 'AuthFailure.InvalidAuthorization',
    aws: 'IncompleteSignatureException',
    hint: 'let an SDK sign the request, or see docs/api.md for what is signed',
  },
  InvalidDataKeyId: {
    status: 400,
    tencent: 'InvalidParameterValue.InvalidDataKeyId',
    aws: 'ValidationException',
    hint: "give the data key's id",
  },
  InvalidDataKeyMaterial: {
    status: 400,
    tencent: 'InvalidParameterValue.InvalidImportKeyMaterial',
    aws: 'ValidationException',
    hint: 'give the material in base64: a ciphertext of this service, or 1 to 1,024 bytes of plaintext',
  },
  InvalidDataKeyName: {
    status: 400,
    tencent: 'InvalidParameterValue.InvalidDataKeyName',
    aws: 'ValidationException',
    hint: '1 to 60 letters, digits, - and _, the first a letter or a digit',
  },
  InvalidHsmCluster: {
    status: 400,
    tencent: 'InvalidParameterValue.InvalidHsmClusterId',
    aws: 'CloudHsmClusterNotFoundException',
    hint: 'leave the cluster out: the token is chosen when the service is started',
  },
  InvalidKeyId: {
    status: 400,
    tencent: 'InvalidParameterValue.InvalidKeyId',
    aws: 'NotFoundException',
    hint: 'give a key id, a key ARN or an alias',
  },
  InvalidKeyUsage: {
    status: 400,
    tencent: 'InvalidParameterValue.InvalidKeyUsage',
    aws: 'InvalidKeyUsageException',
    hint: 'use a key made for this purpose',
  },
  InvalidType: {
    status: 400,
    tencent: 'InvalidParameterValue.InvalidType',
    aws: 'ValidationException',
    hint: 'give one of the numbers that the action has',
  },
  InvalidMarker: {
    status: 400,
    tencent: 'InvalidParameter',
    aws: 'InvalidMarkerException',
    hint: 'give the marker of the page before, unchanged',
  },
  InvalidMaterial: {
    status: 400,
    tencent: 'InvalidParameter.DecryptMaterialError',
    aws: 'InvalidCiphertextException',
    hint: "wrap material of the key's size under the public key of the same import parameters",
  },
  InvalidParameter: {
    status: 400,
    tencent: 'InvalidParameter',
    aws: 'ValidationException',
    hint: 'correct the named parameter',
  },
  InvalidPendingWindow: {
    status: 400,
    tencent: 'InvalidParameter.InvalidPendingWindowInDays',
    aws: 'ValidationException',
    hint: 'choose 7 to 30 days',
  },
  InvalidSignature: {
    status: 400,
    tencent: 'InvalidParameterValue',
    aws: 'KMSInvalidSignatureException',
    hint: 'the signature, the message, the algorithm and the key must all be those of the signing',
  },
  InvalidState: {
    status: 400,
    tencent: 'ResourceUnavailable.CmkStateNotSupport',
    aws: 'KMSInvalidStateException',
    hint: 'look at the key state with: hufu key describe',
  },
  InvalidTag: {
    status: 400,
    tencent: 'InvalidParameterValue.TagsNotExisted',
    aws: 'TagException',
    hint: 'tag keys have 1 to 128 characters, values up to 256',
  },
  KeyArchived: {
    status: 400,
    tencent: 'ResourceUnavailable.CmkArchived',
    aws: 'KMSInvalidStateException',
    hint: 'un-archive it with: hufu key unarchive',
  },
  KeyBound: {
    status: 400,
    tencent: 'FailedOperation.CmkUsedByCloudProduct',
    aws: 'ConflictException',
    hint: 'unbind the resources that use the key first',
  },
  KeyDisabled: {
    status: 400,
    tencent: 'ResourceUnavailable.CmkDisabled',
    aws: 'DisabledException',
    hint: 'enable it with: hufu key enable',
  },
  KeyHasReplicas: {
    status: 400,
    tencent: 'ResourceUnavailable.CmkStateNotSupport',
    aws: 'KMSInvalidStateException',
    hint: 'delete the replicas first, or make another region the primary',
  },
  KeyMismatch: {
    status: 400,
    tencent: 'InvalidParameterValue.InvalidKeyId',
    aws: 'IncorrectKeyException',
    hint: 'leave the key id out, or name the key that encrypted this',
  },
  KeyNotDisabled: {
    status: 400,
    tencent: 'ResourceUnavailable.CmkShouldBeDisabled',
    aws: 'KMSInvalidStateException',
    hint: 'disable it first with: hufu key disable',
  },
  KeyNotFound: {
    status: 400,
    tencent: 'ResourceUnavailable.CmkNotFound',
    aws: 'NotFoundException',
    hint: 'list the keys with: hufu key list',
  },
  KeyNotPendingDelete: {
    status: 400,
    tencent: 'ResourceUnavailable.CmkNotPendingDelete',
    aws: 'KMSInvalidStateException',
    hint: 'nothing is to be cancelled: look at the key with: hufu key describe',
  },
  KeyPendingDelete: {
    status: 400,
    tencent: 'ResourceUnavailable.KeyPendingDelete',
    aws: 'KMSInvalidStateException',
    hint: 'cancel its deletion with: hufu key cancel-deletion',
  },
  KeySpecNotInRegion: {
    status: 400,
    tencent: 'UnsupportedOperation.UnsupportedKeyUsageInCurrentRegion',
    aws: 'UnsupportedOperationException',
    hint: 'choose an algorithm of the mode that the region was started with (hufu up --mode)',
  },
  LimitExceeded: {
    status: 400,
    tencent: 'LimitExceeded.CmkLimitExceeded',
    aws: 'LimitExceededException',
    hint: 'delete what is no longer used',
  },
  MacMismatch: {
    status: 400,
    tencent: 'InvalidParameterValue',
    aws: 'KMSInvalidMacException',
    hint: 'the MAC, the message and the key must all be those of the making',
  },
  MalformedPolicyDocument: {
    status: 400,
    tencent: 'InvalidParameter.PolicyDocumentError',
    aws: 'MalformedPolicyDocumentException',
    hint: 'mend the policy at the named path: docs/policies.md has the grammar',
  },
  MalformedRequest: {
    status: 400,
    tencent: 'InvalidParameter',
    aws: 'SerializationException',
    hint: 'send one JSON object in UTF-8, each name once',
  },
  MaterialMismatch: {
    status: 400,
    tencent: 'InvalidParameterValue.MaterialNotMatch',
    aws: 'IncorrectKeyMaterialException',
    hint: 'only the very material that was imported first can be imported again',
  },
  MfaCodeInvalid: {
    status: 403,
    tencent: 'AuthFailure.MfaFailure',
    aws: 'AccessDeniedException',
    hint: 'give the code that the device shows now; each serves once',
  },
  MissingAuthentication: {
    status: 400,
    tencent: 'AuthFailure',
    aws: 'MissingAuthenticationTokenException',
    hint: 'sign the request: credentials are in credentials.json of the data directory',
  },
  MissingParameter: {
    status: 400,
    tencent: 'MissingParameter',
    aws: 'ValidationException',
    hint: 'give the named parameter',
  },
  NoSuchEntity: {
    status: 404,
    tencent: 'ResourceNotFound',
    aws: 'NotFoundException',
    hint: 'list what there is: hufu user|group|role|policy list',
  },
  NotExternal: {
    status: 400,
    tencent: 'UnsupportedOperation.NotExternalCmk',
    aws: 'UnsupportedOperationException',
    hint: 'create the key with origin EXTERNAL to bring your own material',
  },
  NotSupported: {
    status: 400,
    tencent: 'UnsupportedOperation',
    aws: 'UnsupportedOperationException',
    hint: 'docs/api.md says what is supported',
  },
  PlaintextTooLarge: {
    status: 400,
    tencent: 'InvalidParameterValue.InvalidPlaintext',
    aws: 'ValidationException',
    hint: 'encrypt 1 to 4,096 bytes; seal more with: hufu encrypt',
  },
  PortInUse: {
    status: 500,
    tencent: 'InternalError',
    aws: 'KMSInternalException',
    hint: 'stop what has the port, or choose another with --kms-port or --s3-port',
  },
  Replayed: {
    status: 400,
    tencent: 'AuthFailure.SignatureExpire',
    aws: 'RequestExpiredException',
    hint: 'sign each request anew',
  },
  ReplicaAlreadyExists: {
    status: 400,
    tencent: 'FailedOperation',
    aws: 'AlreadyExistsException',
    hint: 'the region has this key already: look at it with: hufu key describe',
  },
  PrivateDecryptionFailed: {
    status: 400,
    tencent: 'FailedOperation.DecryptError',
    aws: 'InvalidCiphertextException',
    hint: 'the ciphertext, its key and its algorithm must be those of the encryption',
  },
  RecipientInvalid: {
    status: 400,
    tencent: 'FailedOperation.EncryptionError',
    aws: 'ValidationException',
    hint: 'give the PEM of a public key of the named algorithm',
  },
  RequestLimitExceeded: {
    status: 400,
    tencent: 'RequestLimitExceeded',
    aws: 'ThrottlingException',
    hint: 'ask less often, or try again a little later: the SDKs do',
  },
  RotationNotSupported: {
    status: 400,
    tencent: 'UnsupportedOperation.RotateNotSupported',
    aws: 'UnsupportedOperationException',
    hint: 'only symmetric keys with material of the KMS rotate',
  },
  RotationRateLimited: {
    status: 400,
    tencent: 'RequestLimitExceeded.RotateRateLimited',
    aws: 'LimitExceededException',
    hint: 'wait before rotating this key again',
  },
  RotationRunning: {
    status: 400,
    tencent: 'FailedOperation.RotateTaskRunning',
    aws: 'ConflictException',
    hint: 'wait for the running rotation to end',
  },
  SessionExpired: {
    status: 403,
    tencent: 'AuthFailure.TokenFailure',
    aws: 'ExpiredTokenException',
    hint: 'get new temporary credentials',
  },
  SignatureExpired: {
    status: 400,
    tencent: 'AuthFailure.SignatureExpire',
    aws: 'RequestExpiredException',
    hint: 'set the clock of the machine that signs: at most five minutes may lie between it and the server',
  },
  SignatureMismatch: {
    status: 400,
    tencent: 'AuthFailure.SignatureFailure',
    aws: 'InvalidSignatureException',
    hint: 'check the secret access key, and that nothing between changes the request',
  },
  StoreInUse: {
    status: 503,
    tencent: 'InternalError',
    aws: 'KMSInternalException',
    hint: 'stop the other process on this data directory, or choose another with --data',
  },
  TokenInvalid: {
    status: 400,
    tencent: 'AuthFailure.TokenFailure',
    aws: 'UnrecognizedClientException',
    hint: 'leave the session token out: these credentials have none',
  },
  Unavailable: {
    status: 503,
    tencent: 'UnsupportedOperation.ServiceTemporaryUnavailable',
    aws: 'DependencyTimeoutException',
    hint: 'try again; if it lasts, see /readyz',
  },
  UnknownAccessKey: {
    status: 400,
    tencent: 'AuthFailure.SecretIdNotFound',
    aws: 'UnrecognizedClientException',
    hint: 'check the access key id: it is unknown here or no longer active',
  },
  UnknownParameter: {
    status: 400,
    tencent: 'UnknownParameter',
    aws: 'ValidationException',
    hint: 'leave the named parameter out: docs/api.md lists those of each action',
  },
  UnknownVersion: {
    status: 400,
    tencent: 'NoSuchVersion',
    aws: 'ValidationException',
    hint: 'use API version 2019-01-18',
  },
  WebIdentityInvalid: {
    status: 400,
    tencent: 'InvalidParameter.WebIdentityTokenError',
    aws: 'InvalidIdentityTokenException',
    hint: 'get a new token of the issuer, for the registered audience',
  },
} as const satisfies Record<string, ErrorEntry>

export interface ErrorEntry {
  /** HTTP status of the AWS dialect (the Tencent dialect always answers 200). */
  readonly status: number
  /** `Error.Code` of the Tencent dialect. */
  readonly tencent: string
  /** `__type` of the AWS dialect. */
  readonly aws: string
  /** What the reader can do: one clause, lower case. */
  readonly hint: string
}

export type ErrorCode = keyof typeof errorCatalogue

/**
 * A failure with a stable code. The message never holds a secret: it says what was expected and what
 * was received. `cause` is for the server's log only.
 */
export class HufuError extends Error {
  readonly code: ErrorCode

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'HufuError'
    this.code = code
  }

  get hint(): string {
    return errorCatalogue[this.code].hint
  }
}

export const isHufuError = (error: unknown, code?: ErrorCode): error is HufuError =>
  error instanceof HufuError && (code === undefined || error.code === code)

/** Whether nothing was refused for good: the same may go well later. */
export const isPassing = (error: unknown): boolean =>
  isHufuError(error, 'Unavailable') || isHufuError(error, 'RequestLimitExceeded')
