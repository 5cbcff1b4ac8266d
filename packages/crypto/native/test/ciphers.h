// The ciphers and tiers that the tests run.
#ifndef HUFU_CIPHERS_H
#define HUFU_CIPHERS_H

#include "../cipher.h"

static const cipher *const tested_ciphers[] = {&aes_256_gcm};

#define CIPHER_COUNT (sizeof tested_ciphers / sizeof *tested_ciphers)

#endif
