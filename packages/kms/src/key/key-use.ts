/** The last time that a key's material was used with success. */
export interface KeyUse {
  /** As the audit calls it. */
  readonly action: string
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly requestId: string
}

/** Actions of the audit that use a key's material, and what AWS calls them. */
export const usingActions: Readonly<Record<string, string>> = {
  Decapsulate: 'Decapsulate',
  Decrypt: 'Decrypt',
  DeriveSharedSecret: 'DeriveSharedSecret',
  Encapsulate: 'Encapsulate',
  Encrypt: 'Encrypt',
  GenerateDataKey: 'GenerateDataKey',
  GenerateDataKeyPair: 'GenerateDataKeyPair',
  GenerateMac: 'GenerateMac',
  GetDataKeyPlaintext: 'Decrypt',
  ImportDataKey: 'Encrypt',
  ReEncryptFrom: 'ReEncrypt',
  ReEncryptTo: 'ReEncrypt',
  Sign: 'Sign',
  Verify: 'Verify',
  VerifyMac: 'VerifyMac',
}
