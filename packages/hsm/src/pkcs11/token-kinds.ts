import { createPublicKey, type JsonWebKey } from 'node:crypto'
import type { KeySpec } from '@hufu/kms'
import pkcs11 from 'pkcs11js'
import { mayLeave, sessionObjects } from './templates.ts'

export interface NewTokenKey {
  /** The objects to destroy when the key is wrapped. */
  readonly objects: readonly pkcs11.Handle[]
  /** The one to wrap. */
  readonly key: pkcs11.Handle
  /** SubjectPublicKeyInfo in DER; null for a symmetric key. */
  readonly publicKey: Uint8Array | null
}

/** One kind of key that is made and used inside the token. */
export interface TokenKind {
  /** Of the unwrapped session object, but for whether it may leave. */
  readonly template: pkcs11.Template
  /** In a session that nothing else uses meanwhile: a key pair is made off the event loop. */
  generate(api: pkcs11.PKCS11, session: pkcs11.Handle): Promise<NewTokenKey>
}

const secret = (mechanism: number, template: pkcs11.Template, bytes: number): TokenKind => ({
  template,
  async generate(api, session) {
    const size = { type: pkcs11.CKA_VALUE_LEN, value: bytes }
    const key = api.C_GenerateKey(session, { mechanism }, [...template, size, mayLeave])
    return { key, objects: [key], publicKey: null }
  },
})

const rsa = (bits: number): TokenKind => ({
  template: sessionObjects.rsa,
  async generate(api, session) {
    const parameters = [
      { type: pkcs11.CKA_TOKEN, value: false },
      { type: pkcs11.CKA_MODULUS_BITS, value: bits },
      { type: pkcs11.CKA_PUBLIC_EXPONENT, value: Buffer.of(1, 0, 1) },
    ]
    const pair = await generatePair(api, session, pkcs11.CKM_RSA_PKCS_KEY_PAIR_GEN, parameters, sessionObjects.rsa)
    const [n, e] = read(api, session, pair.publicKey, [pkcs11.CKA_MODULUS, pkcs11.CKA_PUBLIC_EXPONENT])
    return pairOf(pair, { kty: 'RSA', n: base64url(n), e: base64url(e) })
  },
})

/** A curve by its OID in DER (RFC 5480, 2.1.1.1), the bytes of a coordinate, and its name in a JWK. */
const ec = (oid: string, size: number, crv: string): TokenKind => ({
  template: sessionObjects.ec,
  async generate(api, session) {
    const parameters = [
      { type: pkcs11.CKA_TOKEN, value: false },
      { type: pkcs11.CKA_EC_PARAMS, value: Buffer.from(oid, 'hex') },
    ]
    const pair = await generatePair(api, session, pkcs11.CKM_EC_KEY_PAIR_GEN, parameters, sessionObjects.ec)
    // An OCTET STRING around 04 || x || y (PKCS#11 v2.40, 2.3.3).
    const [point] = read(api, session, pair.publicKey, [pkcs11.CKA_EC_POINT])
    const [x, y] = [point?.subarray(-2 * size, -size), point?.subarray(-size)]
    return pairOf(pair, { kty: 'EC', crv, x: base64url(x), y: base64url(y) })
  },
})

/** The kinds that tokens have mechanisms for; the others are used in process memory. */
export const tokenKinds: Readonly<Partial<Record<KeySpec, TokenKind>>> = {
  AES_256: secret(pkcs11.CKM_AES_KEY_GEN, sessionObjects.aes, 32),
  HMAC_224: secret(pkcs11.CKM_GENERIC_SECRET_KEY_GEN, sessionObjects.mac, 28),
  HMAC_256: secret(pkcs11.CKM_GENERIC_SECRET_KEY_GEN, sessionObjects.mac, 32),
  HMAC_384: secret(pkcs11.CKM_GENERIC_SECRET_KEY_GEN, sessionObjects.mac, 48),
  HMAC_512: secret(pkcs11.CKM_GENERIC_SECRET_KEY_GEN, sessionObjects.mac, 64),
  RSA_2048: rsa(2048),
  RSA_3072: rsa(3072),
  RSA_4096: rsa(4096),
  ECC_NIST_P256: ec('06082a8648ce3d030107', 32, 'P-256'),
  ECC_NIST_P384: ec('06052b81040022', 48, 'P-384'),
  ECC_NIST_P521: ec('06052b81040023', 66, 'P-521'),
}

function generatePair(
  api: pkcs11.PKCS11,
  session: pkcs11.Handle,
  mechanism: number,
  publicTemplate: pkcs11.Template,
  privateTemplate: pkcs11.Template,
): Promise<pkcs11.KeyPair> {
  // A generated key has its class and type from the mechanism.
  const generated = privateTemplate.filter(({ type }) => type !== pkcs11.CKA_CLASS && type !== pkcs11.CKA_KEY_TYPE)
  return api.C_GenerateKeyPairAsync(session, { mechanism }, publicTemplate, [...generated, mayLeave])
}

const pairOf = ({ privateKey, publicKey }: pkcs11.KeyPair, jwk: JsonWebKey): NewTokenKey => ({
  key: privateKey,
  objects: [privateKey, publicKey],
  publicKey: createPublicKey({ key: jwk, format: 'jwk' }).export({ type: 'spki', format: 'der' }),
})

function read(api: pkcs11.PKCS11, session: pkcs11.Handle, object: pkcs11.Handle, types: readonly number[]): Buffer[] {
  return api
    .C_GetAttributeValue(
      session,
      object,
      types.map((type) => ({ type })),
    )
    .map(({ value }) => (Buffer.isBuffer(value) ? value : Buffer.alloc(0)))
}

/** Without the leading zeros, which a JWK does not have (RFC 7518, 2); coordinates keep theirs by their length. */
const base64url = (bytes: Buffer | undefined): string => (bytes ?? Buffer.alloc(0)).toString('base64url')
