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
]

export const refusedAws: readonly RefusedAction[] = [
  ...because(
    'the token is chosen when the service is started',
    'ConnectCustomKeyStore CreateCustomKeyStore DeleteCustomKeyStore DescribeCustomKeyStores DisconnectCustomKeyStore UpdateCustomKeyStore',
  ),
  ...because(LATER, 'Decapsulate Encapsulate GetKeyLastUsage'),
]
