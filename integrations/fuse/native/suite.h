// The algorithms of the volume's suite: docs/formats/volume-block.md has the numbers.
#pragma once
#include "volume.h"
#include <openssl/evp.h>

#define SUITE_AES 1
#define SUITE_SM4 2

static inline bool suite_is_sm4(void) { return volume.suite == SUITE_SM4; }
static inline const EVP_MD *suite_hash(void) { return suite_is_sm4() ? EVP_sm3() : EVP_sha256(); }
// Bytes of a cipher's key.
static inline size_t suite_key_size(void) { return suite_is_sm4() ? 16 : 32; }
