/** AES key wrap with padding (RFC 5649); 0x210a is its number from PKCS#11 v2.40 on. */
export const KEY_WRAP_PAD = 0x210a

/** Bytes of a wrapped key: an RSA-4096 private key has about 2,400. */
export const MAX_WRAPPED = 8_192
