// Many small values under one key in one call.
#ifndef HUFU_BATCH_H
#define HUFU_BATCH_H

#include "cipher.h"

// Values one after another, value i ending at ends[i]. Its nonce is the i-th of `nonces`; its associated data ends at
// aad_ends[i] of `aad`, or is all of it where aad_ends is null.
typedef struct {
  const cipher *cipher;
  cipher_key *key;
  size_t count;
  const uint8_t *nonces;
  span aad;
  const uint32_t *aad_ends;
  const uint8_t *values;
  const uint32_t *ends;
} batch;

// Whether the ends ascend and stay within `size`, and each value has at least `least` bytes.
bool batch_ends_valid(const uint32_t *ends, size_t count, size_t size, size_t least);
// `out` has room for the values and a tag each, apart from all input.
bool batch_seal(const batch *b, uint8_t *out);
// `out` has room for the values without their tags. When any value is not authentic all of `out` is zeroed.
bool batch_open(const batch *b, uint8_t *out);

#endif
