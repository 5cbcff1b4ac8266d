/** Actions of the two APIs that are known and not served: each answers `NotSupported`, with the reason. */
export interface RefusedAction {
  readonly name: string
  /** Of the API that has it, where that is not KMS's own. */
  readonly version?: string
  readonly why: string
}

const because = (why: string, names: string, version?: string): readonly RefusedAction[] =>
  names.split(' ').map((name) => ({ name, why, ...(version === undefined ? {} : { version }) }))

export const refusedTencent: readonly RefusedAction[] = [
  ...because(
    'white-box cryptography hides a key in code, which this system does not believe in',
    'CreateWhiteBoxKey DeleteWhiteBoxKey DescribeWhiteBoxDecryptKey DescribeWhiteBoxDeviceFingerprints DescribeWhiteBoxKey DescribeWhiteBoxKeyDetails DescribeWhiteBoxServiceStatus DisableWhiteBoxKey DisableWhiteBoxKeys EnableWhiteBoxKey EnableWhiteBoxKeys EncryptByWhiteBox OverwriteWhiteBoxDeviceFingerprints',
  ),
]

/** Of CAM, 2019-01-16, and STS, 2018-08-13. */
export const refusedIdentities: readonly RefusedAction[] = [
  ...because(
    'issuers of tokens are registered with CreateOpenIDConnectProvider of AWS IAM, and signed assertions of SAML are not taken',
    'CreateOIDCConfig CreateSAMLProvider CreateUserOIDCConfig CreateUserSAMLConfig DeleteOIDCConfig DeleteSAMLProvider DescribeOIDCConfig DescribeUserOIDCConfig DescribeUserSAMLConfig DisableUserSSO GetSAMLProvider ListSAMLProviders UpdateOIDCConfig UpdateSAMLProvider UpdateUserOIDCConfig UpdateUserSAMLConfig',
    '2019-01-16',
  ),
  ...because('signed assertions of SAML are not taken', 'AssumeRoleWithSAML', '2018-08-13'),
]

export const refusedAws: readonly RefusedAction[] = [
  ...because(
    'the token is chosen when the service is started',
    'ConnectCustomKeyStore CreateCustomKeyStore DeleteCustomKeyStore DescribeCustomKeyStores DisconnectCustomKeyStore UpdateCustomKeyStore',
  ),
]
