/** Temporary credentials, shown once. */
export interface SessionCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken: string
  readonly expiresAt: number
}

/** Who bears them acts as whoever asked for them, narrowed. */
export interface FederatedCredentials extends SessionCredentials {
  readonly arn: string
}

export interface AssumedRole {
  readonly credentials: SessionCredentials
  readonly arn: string
  /** `ROLEID:SESSION`. */
  readonly assumedRoleId: string
}

export interface SecondFactor {
  /** A device's ARN; `arn:aws:iam::ACCOUNT:mfa` for whichever the caller has. */
  readonly serialNumber?: string
  readonly tokenCode?: string
}

interface SessionNarrowing {
  /** Policy documents. */
  readonly policies?: readonly string[]
  /** ARNs of managed policies. */
  readonly policyArns?: readonly string[]
  readonly durationSeconds?: number
}

export interface AssumeRoleInput extends SessionNarrowing, SecondFactor {
  readonly roleArn: string
  readonly sessionName: string
  readonly externalId?: string
}

export interface WebIdentityInput extends SessionNarrowing {
  readonly roleArn: string
  readonly sessionName: string
  readonly token: string
  /** The provider's ARN where the request names it; otherwise it follows from the token. */
  readonly provider?: string
}

export interface WebIdentitySession extends AssumedRole {
  readonly provider: string
  readonly subject: string
  readonly audience: string
}

export interface CallerIdentity {
  readonly arn: string
  readonly account: string
  readonly userId: string
}

/** Temporary credentials, and who calls. */
export interface SessionOperations {
  callerIdentity(): Promise<CallerIdentity>
  accessKeyAccount(accessKeyId: string): Promise<string>
  sessionToken(input: { readonly durationSeconds?: number } & SecondFactor): Promise<SessionCredentials>
  federationToken(input: {
    readonly name: string
    readonly policies: readonly string[]
    readonly durationSeconds?: number
  }): Promise<FederatedCredentials>
  assumeRole(input: AssumeRoleInput): Promise<AssumedRole>
  assumeRoleWithWebIdentity(input: WebIdentityInput): Promise<WebIdentitySession>
}
