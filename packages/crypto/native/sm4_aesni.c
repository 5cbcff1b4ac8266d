// SM4-GCM with AES-NI, AVX2 and PCLMULQDQ: 8 blocks a register row, two rows in flight.
#include "sm4_tier.h"

#if defined(__x86_64__)
#include <immintrin.h>
#include <string.h>

#define TARGET __attribute__((target("avx2,aes,pclmul,ssse3,sse4.1")))
#define INLINE static inline __attribute__((always_inline)) TARGET
#define ROWS 2

typedef __m256i vec;

static bool supported(void) {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("aes") && __builtin_cpu_supports("pclmul");
}

INLINE vec both(__m128i lane) { return _mm256_broadcastsi128_si256(lane); }

// An affine map of every byte: the sum of a table for each half.
INLINE vec affine(vec x, __m128i low, __m128i high) {
  const vec half = _mm256_set1_epi8(0x0f);
  return _mm256_xor_si256(_mm256_shuffle_epi8(both(low), _mm256_and_si256(x, half)),
                          _mm256_shuffle_epi8(both(high), _mm256_and_si256(_mm256_srli_epi32(x, 4), half)));
}

// The S-box of AES on every byte, which AESENCLAST leaves in the order of its ShiftRows.
INLINE vec aes_substitute(vec x) {
  const __m128i no_key = _mm_setzero_si128();
  const __m128i a = _mm_aesenclast_si128(_mm256_castsi256_si128(x), no_key);
  const __m128i b = _mm_aesenclast_si128(_mm256_extracti128_si256(x, 1), no_key);
  return _mm256_inserti128_si256(_mm256_castsi128_si256(a), b, 1);
}

// The S-box of SM4 (GB/T 32907) is affine, the S-box of AES, affine: both invert in GF(2^8), in different bases.
INLINE vec substitute(vec x) {
  const __m128i pre_low = _mm_setr_epi8(0x3e, (char)0xb2, 0x0e, (char)0x82, (char)0xbb, 0x37, (char)0x8b, 0x07,
                                        (char)0xa1, 0x2d, (char)0x91, 0x1d, 0x24, (char)0xa8, 0x14, (char)0x98);
  const __m128i pre_high = _mm_setr_epi8(0x00, (char)0xdc, 0x2e, (char)0xf2, (char)0xc5, 0x19, (char)0xeb, 0x37,
                                         0x08, (char)0xd4, 0x26, (char)0xfa, (char)0xcd, 0x11, (char)0xe3, 0x3f);
  const __m128i post_low = _mm_setr_epi8(0x6c, (char)0xd4, (char)0xa6, 0x1e, 0x52, (char)0xea, (char)0x98, 0x20,
                                         0x0b, (char)0xb3, (char)0xc1, 0x79, 0x35, (char)0x8d, (char)0xff, 0x47);
  const __m128i post_high = _mm_setr_epi8(0x00, (char)0xe0, 0x50, (char)0xb0, (char)0x9d, 0x7d, (char)0xcd, 0x2d,
                                          (char)0xc0, 0x20, (char)0x90, 0x70, 0x5d, (char)0xbd, 0x0d, (char)0xed);
  return affine(aes_substitute(affine(x, pre_low, pre_high)), post_low, post_high);
}

// The linear transform L of GB/T 32907, 6.2, with ShiftRows undone by the same shuffles that rotate by whole bytes.
INLINE vec diffuse(vec s) {
  const vec r0 = _mm256_shuffle_epi8(s, both(_mm_setr_epi8(0, 13, 10, 7, 4, 1, 14, 11, 8, 5, 2, 15, 12, 9, 6, 3)));
  const vec r8 = _mm256_shuffle_epi8(s, both(_mm_setr_epi8(7, 0, 13, 10, 11, 4, 1, 14, 15, 8, 5, 2, 3, 12, 9, 6)));
  const vec r16 = _mm256_shuffle_epi8(s, both(_mm_setr_epi8(10, 7, 0, 13, 14, 11, 4, 1, 2, 15, 8, 5, 6, 3, 12, 9)));
  const vec r24 = _mm256_shuffle_epi8(s, both(_mm_setr_epi8(13, 10, 7, 0, 1, 14, 11, 4, 5, 2, 15, 8, 9, 6, 3, 12)));
  const vec t = _mm256_xor_si256(_mm256_xor_si256(r0, r8), r16);
  const vec rotated = _mm256_xor_si256(_mm256_slli_epi32(t, 2), _mm256_srli_epi32(t, 30));
  return _mm256_xor_si256(_mm256_xor_si256(r0, r24), rotated);
}

// Word i of 8 blocks is x[i]; word n of the vector belongs to block 2 * (n % 4) + n / 4, so that `to_blocks` puts them
// in order.
INLINE void rounds(const uint32_t *k, vec x[][4], int count) {
  for (int r = 0; r < count; r += 4) {
#pragma GCC unroll 4
    for (int i = 0; i < 4; i++) {
      const vec key = _mm256_set1_epi32((int)k[r + i]);
#pragma GCC unroll 2
      for (int row = 0; row < ROWS; row++) {
        vec *w = x[row];
        const vec t = _mm256_xor_si256(_mm256_xor_si256(w[(i + 1) % 4], w[(i + 2) % 4]), w[(i + 3) % 4]);
        w[i] = _mm256_xor_si256(w[i], diffuse(substitute(_mm256_xor_si256(t, key))));
      }
    }
  }
}

// The words in reverse order (GB/T 32907, 7.3) as bytes of consecutive blocks, two a vector.
INLINE void to_blocks(vec x[4]) {
  const vec big_endian = both(_mm_set_epi8(12, 13, 14, 15, 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3));
  const vec a = _mm256_unpacklo_epi32(x[3], x[2]), b = _mm256_unpackhi_epi32(x[3], x[2]);
  const vec c = _mm256_unpacklo_epi32(x[1], x[0]), d = _mm256_unpackhi_epi32(x[1], x[0]);
  x[0] = _mm256_shuffle_epi8(_mm256_unpacklo_epi64(a, c), big_endian);
  x[1] = _mm256_shuffle_epi8(_mm256_unpackhi_epi64(a, c), big_endian);
  x[2] = _mm256_shuffle_epi8(_mm256_unpacklo_epi64(b, d), big_endian);
  x[3] = _mm256_shuffle_epi8(_mm256_unpackhi_epi64(b, d), big_endian);
}

INLINE uint32_t word(const uint8_t *bytes) {
  uint32_t w;
  memcpy(&w, bytes, 4);
  return __builtin_bswap32(w);
}

INLINE void counters(vec x[][4], const uint8_t *nonce, uint32_t counter) {
  const vec order = _mm256_setr_epi32(0, 2, 4, 6, 1, 3, 5, 7);
  for (int row = 0; row < ROWS; row++) {
    for (int i = 0; i < 3; i++) x[row][i] = _mm256_set1_epi32((int)word(nonce + 4 * i));
    x[row][3] = _mm256_add_epi32(_mm256_set1_epi32((int)(counter + (uint32_t)(8 * row))), order);
  }
}

TARGET static void keystream(const sm4_gcm_key *key, const uint8_t *nonce, uint32_t counter, uint8_t *out) {
  vec x[ROWS][4];
  counters(x, nonce, counter);
  rounds(key->rounds, x, 32);
  for (int row = 0; row < ROWS; row++) {
    to_blocks(x[row]);
    for (int i = 0; i < 4; i++) _mm256_storeu_si256((vec *)(out + 128 * row + 32 * i), x[row][i]);
  }
}

// GHASH in the reflected domain: the product of two operands is in 256 bits as low, middle and high part.
typedef struct {
  __m128i low, middle, high;
} product;

INLINE __m128i load(const uint8_t *block) {
  const __m128i backwards = _mm_set_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  return _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)block), backwards);
}

INLINE void store(uint8_t *block, __m128i value) {
  _mm_storeu_si128((__m128i *)block, value);
  _mm_storeu_si128((__m128i *)block, load(block));
}

INLINE product multiply_add(product p, __m128i a, __m128i b) {
  p.low = _mm_xor_si128(p.low, _mm_clmulepi64_si128(a, b, 0x00));
  p.middle = _mm_xor_si128(p.middle, _mm_clmulepi64_si128(a, b, 0x01));
  p.middle = _mm_xor_si128(p.middle, _mm_clmulepi64_si128(a, b, 0x10));
  p.high = _mm_xor_si128(p.high, _mm_clmulepi64_si128(a, b, 0x11));
  return p;
}

// Folds 64 bits from below twice: x^128 = x^7 + x^2 + x + 1, reflected.
INLINE __m128i reduce(product p) {
  const __m128i polynomial = _mm_set1_epi64x((long long)0xc200000000000000);
  const __m128i low = _mm_xor_si128(_mm_shuffle_epi32(p.low, 0x4e), _mm_clmulepi64_si128(p.low, polynomial, 0));
  const __m128i m = _mm_xor_si128(p.middle, low);
  const __m128i middle = _mm_xor_si128(_mm_shuffle_epi32(m, 0x4e), _mm_clmulepi64_si128(m, polynomial, 0));
  return _mm_xor_si128(p.high, middle);
}

// H, H^2 ... H^16
typedef __m128i powers[BATCH];
_Static_assert(sizeof(powers) <= sizeof(((sm4_gcm_key *)0)->tables), "room for the powers");

TARGET static void prepare(sm4_gcm_key *key, const uint8_t *h) {
  __m128i *p = (__m128i *)key->tables;
  const __m128i one = load(h);
  // H times x, so that products need no shift.
  const __m128i carry = _mm_srai_epi32(_mm_shuffle_epi32(one, 0xff), 31);
  const __m128i doubled = _mm_or_si128(_mm_slli_epi64(one, 1), _mm_slli_si128(_mm_srli_epi64(one, 63), 8));
  p[0] = _mm_xor_si128(doubled, _mm_and_si128(carry, _mm_set_epi64x((long long)0xc200000000000000, 1)));
  for (int i = 1; i < BATCH; i++) p[i] = reduce(multiply_add((product){0}, p[i - 1], p[0]));
}

// Y' = (Y + C1) H^n + C2 H^(n-1) + ... + Cn H, with one reduction.
INLINE __m128i hash_blocks(const __m128i *p, __m128i y, const uint8_t *data, int n) {
  product t = multiply_add((product){0}, _mm_xor_si128(y, load(data)), p[n - 1]);
  for (int i = 1; i < n; i++) t = multiply_add(t, load(data + BLOCK_SIZE * i), p[n - 1 - i]);
  return reduce(t);
}

TARGET static void hash(const sm4_gcm_key *key, uint8_t *hash, const uint8_t *data, size_t blocks) {
  const __m128i *p = (const __m128i *)key->tables;
  __m128i y = load(hash);
  for (; blocks >= BATCH; blocks -= BATCH, data += BATCH_SIZE) y = hash_blocks(p, y, data, BATCH);
  if (blocks > 0) y = hash_blocks(p, y, data, (int)blocks);
  store(hash, y);
}

// CTR of one batch, and GHASH of `hashed` in the middle of its rounds, where it costs least.
INLINE void pass(const sm4_gcm_key *key, sm4_gcm_state *state, __m128i *y, const uint8_t *hashed, const uint8_t *in,
                 uint8_t *out) {
  vec x[ROWS][4];
  counters(x, state->nonce, state->counter);
  rounds(key->rounds, x, 16);
  if (hashed != NULL) *y = hash_blocks((const __m128i *)key->tables, *y, hashed, BATCH);
  rounds(key->rounds + 16, x, 16);
  for (int row = 0; row < ROWS; row++) {
    to_blocks(x[row]);
    for (int i = 0; i < 4; i++) {
      const int at = 128 * row + 32 * i;
      _mm256_storeu_si256((vec *)(out + at), _mm256_xor_si256(x[row][i], _mm256_loadu_si256((const vec *)(in + at))));
    }
  }
  state->counter += BATCH;
}

TARGET static void seal(const sm4_gcm_key *key, sm4_gcm_state *state, const uint8_t *in, uint8_t *out, size_t batches) {
  __m128i y = load(state->hash);
  for (size_t at = 0; at < batches * BATCH_SIZE; at += BATCH_SIZE)
    pass(key, state, &y, at == 0 ? NULL : out + at - BATCH_SIZE, in + at, out + at);
  if (batches > 0) y = hash_blocks((const __m128i *)key->tables, y, out + (batches - 1) * BATCH_SIZE, BATCH);
  store(state->hash, y);
}

TARGET static void open(const sm4_gcm_key *key, sm4_gcm_state *state, const uint8_t *in, uint8_t *out, size_t batches) {
  __m128i y = load(state->hash);
  for (size_t at = 0; at < batches * BATCH_SIZE; at += BATCH_SIZE) pass(key, state, &y, in + at, in + at, out + at);
  store(state->hash, y);
}

const sm4_tier sm4_aesni = {"aesni", supported, prepare, hash, keystream, seal, open};
#endif
