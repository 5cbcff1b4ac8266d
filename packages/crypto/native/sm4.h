// SM4's key schedule (GB/T 32907; GM/T 0002), without a table or branch that depends on the key.
#ifndef HUFU_SM4_H
#define HUFU_SM4_H

#include <stdint.h>

#define SM4_KEY_SIZE 16
#define SM4_ROUNDS 32

void sm4_round_keys(const uint8_t key[SM4_KEY_SIZE], uint32_t rounds[SM4_ROUNDS]);

#endif
