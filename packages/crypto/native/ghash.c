#include "ghash.h"

static uint64_t load(const uint8_t *bytes) {
  uint64_t x = 0;
  for (int i = 0; i < 8; i++) x = x << 8 | bytes[i];
  return x;
}

static void store(uint8_t *bytes, uint64_t x) {
  for (int i = 0; i < 8; i++) bytes[i] = (uint8_t)(x >> (56 - 8 * i));
}

static uint64_t reverse(uint64_t x) {
  x = (x & 0x5555555555555555) << 1 | (x >> 1 & 0x5555555555555555);
  x = (x & 0x3333333333333333) << 2 | (x >> 2 & 0x3333333333333333);
  x = (x & 0x0f0f0f0f0f0f0f0f) << 4 | (x >> 4 & 0x0f0f0f0f0f0f0f0f);
  return __builtin_bswap64(x);
}

// The lower 64 bits of the carry-less product. Each operand is split into four with every fourth bit: at most 16 ones
// meet at a place of an integer product, so that carries stay in the three bits between, or leave at the top.
static uint64_t multiply_low(uint64_t x, uint64_t y) {
  const uint64_t every4th = 0x1111111111111111;
  uint64_t a[4], b[4], product = 0;
  for (int i = 0; i < 4; i++) a[i] = x & every4th << i, b[i] = y & every4th << i;
  for (int i = 0; i < 4; i++) {
    uint64_t sum = 0;
    for (int j = 0; j < 4; j++) sum ^= a[j] * b[(4 + i - j) % 4];
    product |= sum & every4th << i;
  }
  return product;
}

void ghash_prepare(ghash_key *key, const uint8_t h[16]) {
  const uint64_t high = load(h), low = load(h + 8);
  *key = (ghash_key){high, low, high ^ low, reverse(high), reverse(low), reverse(high ^ low)};
}

// 128 bits times the hash key: the reversed operands give the upper halves of the products.
static void multiply(const ghash_key *key, uint64_t *high, uint64_t *low) {
  const uint64_t h = *high, l = *low, h_reversed = reverse(h), l_reversed = reverse(l);
  const uint64_t hh = multiply_low(h, key->high), ll = multiply_low(l, key->low);
  const uint64_t hh_up = reverse(multiply_low(h_reversed, key->high_reversed)) >> 1;
  const uint64_t ll_up = reverse(multiply_low(l_reversed, key->low_reversed)) >> 1;
  const uint64_t mid = multiply_low(h ^ l, key->sum) ^ hh ^ ll;
  const uint64_t mid_up = reverse(multiply_low(h_reversed ^ l_reversed, key->sum_reversed)) >> 1 ^ hh_up ^ ll_up;
  // 255 bits, moved up by one since bit 0 of a GHASH block is its most significant.
  const uint64_t p0 = ll, p1 = ll_up ^ mid, p2 = hh ^ mid_up, p3 = hh_up;
  const uint64_t v0 = p0 << 1, v1 = p1 << 1 | p0 >> 63, v2 = p2 << 1 | p1 >> 63, v3 = p3 << 1 | p2 >> 63;
  // x^128 = x^7 + x^2 + x + 1
  const uint64_t m = v1 ^ v0 << 63 ^ v0 << 62 ^ v0 << 57;
  *low = v2 ^ v0 ^ v0 >> 1 ^ v0 >> 2 ^ v0 >> 7 ^ m << 63 ^ m << 62 ^ m << 57;
  *high = v3 ^ m ^ m >> 1 ^ m >> 2 ^ m >> 7;
}

void ghash_update(const ghash_key *key, uint8_t hash[16], const uint8_t *data, size_t blocks) {
  uint64_t high = load(hash), low = load(hash + 8);
  for (; blocks > 0; blocks--, data += 16) {
    high ^= load(data);
    low ^= load(data + 8);
    multiply(key, &high, &low);
  }
  store(hash, high);
  store(hash + 8, low);
}
