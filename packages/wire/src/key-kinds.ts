import type { EncryptionAlgorithm, MacAlgorithm, SigningAlgorithm } from './key-management.ts'
import type { KeySpec, KeyUse } from './key-operations.ts'

/** What keys of one spec are for, and the algorithms they have. */
export interface KeyKind {
  /** The first is that of a key made without saying. */
  readonly uses: readonly KeyUse[]
  /** As an asymmetric key. */
  readonly encryption: readonly EncryptionAlgorithm[]
  readonly signing: readonly SigningAlgorithm[]
  readonly mac: MacAlgorithm | null
}

const NONE = { encryption: [], signing: [], mac: null } as const

/** What encrypts with none of the asymmetric algorithms. */
const encrypts: KeyKind = { ...NONE, uses: ['ENCRYPT_DECRYPT'] }

const encapsulates: KeyKind = { ...NONE, uses: ['ENCAPSULATE_DECAPSULATE'] }

const rsa: KeyKind = {
  ...NONE,
  uses: ['ENCRYPT_DECRYPT', 'SIGN_VERIFY'],
  encryption: ['RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256', 'RSAES_PKCS1_V1_5'],
  signing: [
    'RSASSA_PSS_SHA_256',
    'RSASSA_PSS_SHA_384',
    'RSASSA_PSS_SHA_512',
    'RSASSA_PKCS1_V1_5_SHA_256',
    'RSASSA_PKCS1_V1_5_SHA_384',
    'RSASSA_PKCS1_V1_5_SHA_512',
  ],
}

const curve = (algorithm: SigningAlgorithm): KeyKind => ({
  ...NONE,
  uses: ['SIGN_VERIFY', 'KEY_AGREEMENT'],
  signing: [algorithm],
})

const signsOnly = (algorithm: SigningAlgorithm): KeyKind => ({ ...NONE, uses: ['SIGN_VERIFY'], signing: [algorithm] })

const mac = (algorithm: MacAlgorithm): KeyKind => ({ ...NONE, uses: ['GENERATE_VERIFY_MAC'], mac: algorithm })

/** Every spec of keys: the domain, both dialects and the documents read this table. */
export const keyKinds: Readonly<Record<KeySpec, KeyKind>> = {
  AES_256: encrypts,
  SM4: encrypts,
  RSA_2048: rsa,
  RSA_3072: rsa,
  RSA_4096: rsa,
  ECC_NIST_P256: curve('ECDSA_SHA_256'),
  ECC_NIST_P384: curve('ECDSA_SHA_384'),
  ECC_NIST_P521: curve('ECDSA_SHA_512'),
  ECC_NIST_EDWARDS25519: signsOnly('ED25519_SHA_512'),
  SM2: {
    ...NONE,
    uses: ['ENCRYPT_DECRYPT', 'SIGN_VERIFY', 'KEY_AGREEMENT'],
    encryption: ['SM2PKE', 'SM2PKE_ASN1'],
    signing: ['SM2DSA'],
  },
  HMAC_224: mac('HMAC_SHA_224'),
  HMAC_256: mac('HMAC_SHA_256'),
  HMAC_384: mac('HMAC_SHA_384'),
  HMAC_512: mac('HMAC_SHA_512'),
  ML_DSA_65: signsOnly('ML_DSA_SHAKE_256'),
  ML_KEM_512: encapsulates,
  ML_KEM_768: encapsulates,
  ML_KEM_1024: encapsulates,
  // By the post-quantum operations alone.
  ML_KEM_768_X25519: encrypts,
  ML_KEM_768_SM2: encrypts,
}

export const keySpecs = Object.keys(keyKinds) as [KeySpec, ...KeySpec[]]

export const keyUses = [
  'ENCRYPT_DECRYPT',
  'SIGN_VERIFY',
  'GENERATE_VERIFY_MAC',
  'KEY_AGREEMENT',
  'ENCAPSULATE_DECAPSULATE',
] as const satisfies readonly KeyUse[]
