// An authenticated cipher with 12-byte nonces and 16-byte tags, keyed once and used many times.
// Nothing here knows of Node: the kernels are tested as plain C.
#ifndef HUFU_CIPHER_H
#define HUFU_CIPHER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NONCE_SIZE 12
#define TAG_SIZE 16

typedef struct {
  const uint8_t *data;
  size_t size;
} span;

// A key made ready for use. One thread uses it at a time; `copy` makes one for another thread.
typedef struct cipher_key cipher_key;

typedef struct {
  const char *name;
  size_t key_size;
  // Null when memory is short or the cipher is not there.
  cipher_key *(*key_new)(const uint8_t *key);
  cipher_key *(*key_copy)(const cipher_key *key);
  // Zeroises and frees. Null is allowed.
  void (*key_free)(cipher_key *key);
  // `out` is `in` itself or does not overlap it. The tag follows the ciphertext: in.size + TAG_SIZE bytes.
  bool (*seal)(cipher_key *key, const uint8_t nonce[NONCE_SIZE], span aad, span in, uint8_t *out);
  // `sealed` ends with its tag. When it is not authentic `out` is zeroed and the answer is false.
  bool (*open)(cipher_key *key, const uint8_t nonce[NONCE_SIZE], span aad, span sealed, uint8_t *out);
} cipher;

extern const cipher aes_256_gcm;

// SM4-GCM (RFC 8998) in the fastest tier of this processor, and in each tier. A key of a tier that this processor can't
// run is null.
extern const cipher sm4_gcm, sm4_gcm_portable;
#if defined(__x86_64__)
extern const cipher sm4_gcm_gfni, sm4_gcm_aesni;
#endif

#endif
