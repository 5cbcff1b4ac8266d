// HMAC (RFC 2104) and HKDF-Expand (RFC 5869) over OpenSSL's digests. Knows nothing of JavaScript.
#ifndef HUFU_HMAC_H
#define HUFU_HMAC_H

#include "cipher.h"

#define HASH_SIZE 32

typedef enum { HASH_SHA256, HASH_SM3 } hash_name;

// The HMAC over the parts, one after another. False when OpenSSL has no such hash.
bool hmac(hash_name hash, span key, const span *parts, size_t count, uint8_t tag[HASH_SIZE]);

// Fills `out`, at most 255 * HASH_SIZE bytes. False as hmac().
bool hkdf_expand(hash_name hash, span pseudorandom_key, span info, uint8_t *out, size_t size);

#endif
