import { z } from 'zod'

const port = z.coerce.number({ error: 'expected a port' }).int().min(0).max(65_535)

/** What `hufu up` can be told: by flags, by the environment or by the config file, under these names. */
export const settingsSchema = z.strictObject({
  data: z.string().min(1).default('.hufu'),
  host: z.string().min(1).default('127.0.0.1'),
  kmsPort: port.default(7350),
  s3Port: port.default(7351),
  region: z
    .string()
    .regex(/^[a-z0-9-]{1,32}$/, 'expected a region like local-1')
    .default('local-1'),
  accountId: z
    .string()
    .regex(/^\d{12}$/, 'expected 12 digits')
    .default('000000000001'),
  store: z
    .union([z.literal('sqlite'), z.url({ protocol: /^postgres(ql)?$/ })], {
      error: 'expected sqlite or postgres://USER@HOST/DATABASE',
    })
    .default('sqlite'),
  pkcs11: z.string().min(1).default('auto'),
  pkcs11Token: z.string().min(1).default('hufu'),
  pkcs11PinFile: z.string().min(1).optional(),
  mode: z.enum(['fips', 'gm']).optional(),
  regions: z.string().min(1).optional(),
  only: z.enum(['kms', 's3']).optional(),
  s3Backend: z.url({ protocol: /^https?$/, error: 'expected an http(s) URL' }).optional(),
  s3BackendRegion: z.string().min(1).default('us-east-1'),
  s3BackendCredentials: z.string().min(1).optional(),
  s3BackendCa: z.string().min(1).optional(),
  kmsEndpoint: z.url({ protocol: /^https?$/ }).optional(),
  ca: z.string().min(1).optional(),
  clientCert: z.string().min(1).optional(),
  clientKey: z.string().min(1).optional(),
  tls: z.literal('own', { error: 'expected own' }).optional(),
  tlsCert: z.string().min(1).optional(),
  tlsKey: z.string().min(1).optional(),
  tlsClientCa: z.string().min(1).optional(),
  tlsRevoked: z.string().min(1).optional(),
  issuerCa: z.string().min(1).optional(),
  rateIdentity: z.coerce.number().int().min(0).default(0),
  rateAddress: z.coerce.number().int().min(0).default(0),
  auditSink: z
    .preprocess(
      (value) => (typeof value === 'string' ? value.split(/\s+/).filter((text) => text !== '') : value),
      z.array(z.url({ protocol: /^(udp|tcp|tls|https?)$/, error: 'expected URLs with udp, tcp, tls, http or https' })),
    )
    .default([]),
  auditSinkCa: z.string().min(1).optional(),
  auditSensitive: z
    .union([z.string().transform((names) => names.split(',')), z.array(z.string())], {
      error: 'expected names of encryption contexts',
    })
    .pipe(z.array(z.string().min(1, 'expected names that are not empty')))
    .default([]),
  auditKeep: z.coerce.number({ error: 'expected days' }).int().min(1, 'expected a day at least').optional(),
  log: z.enum(['silent', 'error', 'warn', 'info', 'debug']).default('warn'),
})

export type Settings = z.infer<typeof settingsSchema>
export type SettingName = keyof Settings

export interface SettingSource {
  readonly flag: string
  readonly argument: string
  readonly env: string
  readonly about: string
  /** The flag may be given several times; the variable has commas between. */
  readonly repeatable?: true
}

/** Where each setting is read from, in this order: its flag, its variable, the config file. */
export const settingSources: Readonly<Record<SettingName, SettingSource>> = {
  data: source('--data', 'DIR', 'HUFU_DATA', 'the data directory, .hufu unless told'),
  host: source('--host', 'ADDRESS', 'HUFU_HOST', 'the address to listen on, 127.0.0.1 unless told'),
  kmsPort: source('--kms-port', 'PORT', 'HUFU_KMS_PORT', 'the port of the KMS, 7350 unless told, 0 for a free one'),
  s3Port: source('--s3-port', 'PORT', 'HUFU_S3_PORT', 'the port of the S3 proxy, 7351 unless told'),
  region: source('--region', 'REGION', 'HUFU_REGION', 'the region in key ARNs, local-1 unless told'),
  accountId: source('--account-id', 'ID', 'HUFU_ACCOUNT_ID', 'the account in key ARNs, 12 digits'),
  store: source('--store', 'STORE', 'HUFU_STORE', 'sqlite (below the data directory) or postgres://USER@HOST/DATABASE'),
  pkcs11: source('--pkcs11', 'LIBRARY', 'HUFU_PKCS11', 'auto, off, or the PKCS#11 library of an HSM'),
  pkcs11Token: source('--pkcs11-token', 'LABEL', 'HUFU_PKCS11_TOKEN', 'the label of its token, hufu unless told'),
  pkcs11PinFile: source('--pkcs11-pin-file', 'FILE', 'HUFU_PKCS11_PIN_FILE', "the file with the token's user PIN"),
  mode: source('--mode', 'MODE', 'HUFU_MODE', 'fips or gm: the algorithms of keys, see docs/keys.md; both unless told'),
  regions: source(
    '--regions',
    'FILE',
    'HUFU_REGIONS',
    'a JSON file with the other regions that keys are replicated to',
  ),
  only: source('--only', 'SERVICE', 'HUFU_ONLY', 'run only one service: kms or s3'),
  kmsEndpoint: source('--kms-endpoint', 'URL', 'HUFU_KMS_ENDPOINT', 'the KMS that --only s3 uses'),
  s3Backend: source(
    '--s3-backend',
    'URL',
    'HUFU_S3_BACKEND',
    'the S3 endpoint that keeps the ciphertext, instead of the data directory',
  ),
  s3BackendRegion: source(
    '--s3-backend-region',
    'REGION',
    'HUFU_S3_BACKEND_REGION',
    'its region, us-east-1 unless told',
  ),
  s3BackendCredentials: source(
    '--s3-backend-credentials',
    'FILE',
    'HUFU_S3_BACKEND_CREDENTIALS',
    'a JSON file with its accessKeyId and secretAccessKey',
  ),
  s3BackendCa: source(
    '--s3-backend-ca',
    'FILE',
    'HUFU_S3_BACKEND_CA',
    'the CA, in PEM, that its certificate must be of; those that Node knows unless told',
  ),
  ca: source('--ca', 'FILE', 'HUFU_CA', 'the CA, in PEM, that the KMS of --only s3 and the other regions must be of'),
  clientCert: source(
    '--client-cert',
    'FILE',
    'HUFU_CLIENT_CERT',
    'the client certificate, in PEM, that proves the proxy of --only s3 to its KMS, without an access key',
  ),
  clientKey: source('--client-key', 'FILE', 'HUFU_CLIENT_KEY', 'its private key in PEM'),
  tls: source(
    '--tls',
    'own',
    'HUFU_TLS',
    'own: https, with a certificate of an own CA that is made at the first start',
  ),
  tlsCert: source(
    '--tls-cert',
    'FILE',
    'HUFU_TLS_CERT',
    'the certificate in PEM: the KMS and the S3 proxy then speak https',
  ),
  tlsKey: source('--tls-key', 'FILE', 'HUFU_TLS_KEY', 'its private key in PEM'),
  tlsClientCa: source(
    '--tls-client-ca',
    'FILE',
    'HUFU_TLS_CLIENT_CA',
    'the CA, in PEM, of client certificates that prove to the KMS who asks, without a signature; own: that of hufu tls issue',
  ),
  tlsRevoked: source(
    '--tls-revoked',
    'FILE',
    'HUFU_TLS_REVOKED',
    'serial numbers of client certificates that count no more, in hex, one a line',
  ),
  issuerCa: source(
    '--issuer-ca',
    'FILE',
    'HUFU_ISSUER_CA',
    'a CA, in PEM, that issuers of web identity tokens may be of, besides those that Node comes with',
  ),
  rateIdentity: source(
    '--rate-identity',
    'COUNT',
    'HUFU_RATE_IDENTITY',
    'requests a second of one identity at most; no limit unless told',
  ),
  rateAddress: source(
    '--rate-address',
    'COUNT',
    'HUFU_RATE_ADDRESS',
    'requests a second from one address at most; no limit unless told',
  ),
  auditSink: source(
    '--audit-sink',
    'URL...',
    'HUFU_AUDIT_SINK',
    'send the audit there too: udp://, tcp:// or tls://HOST:PORT for syslog, http(s):// for JSON lines',
  ),
  auditSinkCa: source(
    '--audit-sink-ca',
    'FILE',
    'HUFU_AUDIT_SINK_CA',
    'the CA in PEM that tls:// and https:// sinks are of',
  ),
  auditSensitive: {
    ...source(
      '--audit-sensitive',
      'NAME',
      'HUFU_AUDIT_SENSITIVE',
      'a name of encryption contexts whose values the audit keeps only hashed; repeatable',
    ),
    repeatable: true,
  },
  auditKeep: source(
    '--audit-keep',
    'DAYS',
    'HUFU_AUDIT_KEEP',
    'cut off records of the audit that are older; kept for ever unless told',
  ),
  log: source('--log', 'LEVEL', 'HUFU_LOG', 'silent, error, warn, info or debug, to stderr; warn unless told'),
}

function source(flag: string, argument: string, env: string, about: string): SettingSource {
  return { flag, argument, env, about }
}
