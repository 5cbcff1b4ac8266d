export interface OidcProviderView {
  readonly arn: string
  readonly url: string
  readonly clientIds: readonly string[]
  readonly thumbprints: readonly string[]
  readonly createdAt: number
}

export interface MfaDeviceView {
  readonly serial: string
  readonly userName: string | null
  readonly enabledAt: number | null
}

/** Issuers of web identities, and second factors. */
export interface FactorOperations {
  createOidcProvider(input: {
    readonly url: string
    readonly clientIds: readonly string[]
    readonly thumbprints: readonly string[]
  }): Promise<OidcProviderView>
  getOidcProvider(arn: string): Promise<OidcProviderView>
  listOidcProviders(): Promise<readonly OidcProviderView[]>
  deleteOidcProvider(arn: string): Promise<void>
  createMfaDevice(name: string): Promise<{ readonly serial: string; readonly seed: Uint8Array }>
  enableMfaDevice(user: string, serial: string, codes: readonly [string, string]): Promise<void>
  deactivateMfaDevice(user: string, serial: string): Promise<void>
  deleteMfaDevice(serial: string): Promise<void>
  listMfaDevices(user: string | null): Promise<readonly MfaDeviceView[]>
}
