#include "sm4.h"

#include "sm4_planes.h"

static uint32_t rotate(uint32_t x, int n) { return x << n | x >> (32 - n); }

static uint32_t word(const uint8_t *bytes) {
  return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static uint32_t substitute(uint32_t w) {
  plane x[8] = {{spread(w), 0}};
  transpose(x);
  sm4_substitute(x);
  transpose(x);
  return unspread(x[0][0]);
}

// Byte j of constant i is 7 (4 i + j) (GB/T 32907, 7.3).
static uint32_t constant(uint32_t i) {
  uint32_t bytes = 0;
  for (uint32_t j = 0; j < 4; j++) bytes = bytes << 8 | (7 * (4 * i + j) & 0xff);
  return bytes;
}

void sm4_round_keys(const uint8_t key[SM4_KEY_SIZE], uint32_t rounds[SM4_ROUNDS]) {
  static const uint32_t system[4] = {0xa3b1bac6, 0x56aa3350, 0x677d9197, 0xb27022dc};
  uint32_t k[4];
  for (int i = 0; i < 4; i++) k[i] = system[i] ^ word(key + 4 * i);
  for (uint32_t i = 0; i < SM4_ROUNDS; i++) {
    const uint32_t s = substitute(k[(i + 1) % 4] ^ k[(i + 2) % 4] ^ k[(i + 3) % 4] ^ constant(i));
    rounds[i] = k[i % 4] ^= s ^ rotate(s, 13) ^ rotate(s, 23);
  }
}
