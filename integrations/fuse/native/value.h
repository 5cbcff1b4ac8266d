// Symlink targets and extended attributes: one GCM message of the suite each, nonce then ciphertext then tag.
#pragma once
#include "volume.h"
#include "base64url.h"

#define VALUE_OVERHEAD 28
#define VALUE_MAX 65536
#define SYMLINK_PURPOSE "hufu symlink"

// Writes size + VALUE_OVERHEAD bytes; `purpose` is bound. 0 or a negative errno.
int value_seal(const char *purpose, const uint8_t *plain, size_t size, uint8_t *sealed);
// As value_seal, with the nonce that `sealed` begins with already: no two values may have the same.
int value_seal_by(const char *purpose, const uint8_t *plain, size_t size, uint8_t *sealed);
// Writes sealed_size - VALUE_OVERHEAD bytes. -EIO when it is not authentic.
int value_open(const char *purpose, const uint8_t *sealed, size_t sealed_size, uint8_t *plain);

// The plaintext's size of a sealed value that is kept as base64url text of `length` characters.
static inline uint64_t value_plain_size(size_t length) {
  size_t bytes = length * 3 / 4;
  return bytes > VALUE_OVERHEAD ? bytes - VALUE_OVERHEAD : 0;
}
