// SM4-GCM with GFNI, AVX-512 and VPCLMULQDQ: 16 blocks a register row, four rows in flight.
#include "sm4_tier.h"

#if defined(__x86_64__)
#include <immintrin.h>
#include <string.h>

#define TARGET __attribute__((target("gfni,avx512f,avx512bw,avx512vl,vpclmulqdq,pclmul,ssse3")))
#define INLINE static inline __attribute__((always_inline)) TARGET
#define ROWS 4

typedef __m512i vec;

static bool supported(void) {
  return __builtin_cpu_supports("gfni") && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("vpclmulqdq") && __builtin_cpu_supports("pclmul");
}

INLINE vec xor3(vec a, vec b, vec c) { return _mm512_ternarylogic_epi32(a, b, c, 0x96); }

// The S-box is A inv(A x + 0xd3) + 0xd3 in GF(2^8) mod 0x1f5 (GB/T 32907). The processor inverts mod 0x11b: PRE is A
// and then the isomorphism to that field. The words of the state and the round keys are kept as PRE of every byte, so
// that a round has no other affine map than those behind the inversion.
#define PRE 0x4c287db91a22505d
#define PRE_BACK 0xb3a4f5863284728b

INLINE vec enter(vec x) { return _mm512_gf2p8affine_epi64_epi8(x, _mm512_set1_epi64(PRE), 0); }
INLINE vec leave(vec x) { return _mm512_gf2p8affine_epi64_epi8(x, _mm512_set1_epi64((long long)PRE_BACK), 0); }

// The S-box and the linear transform L of GB/T 32907, 6.2, added to `word`. Of the bytes s behind the S-box L takes
// s + (s << 2) in place, (s << 2) + (s >> 6) one and two bytes up, and the sum of both three bytes up: so the rotations
// are by whole bytes, which commute with maps of single bytes, and the maps are part of those behind the inversion.
INLINE vec substitute_and_diffuse(vec word, vec t) {
  const vec a = _mm512_gf2p8affineinv_epi64_epi8(t, _mm512_set1_epi64(0x040db891e9a481b7), 0);
  const vec b = _mm512_gf2p8affineinv_epi64_epi8(t, _mm512_set1_epi64(0x2c020425162040ad), 0x63);
  const vec up = xor3(_mm512_rol_epi32(b, 8), _mm512_rol_epi32(b, 16), _mm512_rol_epi32(_mm512_xor_si512(a, b), 24));
  return xor3(word, a, up);
}

// Word i of 16 blocks is x[i]; word n of the vector belongs to block 4 * (n % 4) + n / 4, so that `to_blocks` puts them
// in order.
// Two rounds share the sum of the words that both take.
INLINE void rounds(const uint32_t *k, vec x[][4], int rows, int count) {
  for (int r = 0; r < count; r += 4) {
#pragma GCC unroll 2
    for (int i = 0; i < 4; i += 2) {
      const vec first = _mm512_set1_epi32((int)k[r + i]), second = _mm512_set1_epi32((int)k[r + i + 1]);
#pragma GCC unroll 4
      for (int row = 0; row < rows; row++) {
        vec *w = x[row];
        const vec shared = _mm512_xor_si512(w[(i + 2) % 4], w[(i + 3) % 4]);
        w[i] = substitute_and_diffuse(w[i], xor3(shared, w[(i + 1) % 4], first));
        w[i + 1] = substitute_and_diffuse(w[i + 1], xor3(shared, w[i], second));
      }
    }
  }
}

// The words, of the state's form no longer, in reverse order (GB/T 32907, 7.3) as bytes of consecutive blocks, four a vector.
INLINE void to_blocks(vec x[4]) {
  const vec big_endian = _mm512_broadcast_i32x4(_mm_set_epi8(12, 13, 14, 15, 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3));
  for (int i = 0; i < 4; i++) x[i] = leave(x[i]);
  const vec a = _mm512_unpacklo_epi32(x[3], x[2]), b = _mm512_unpackhi_epi32(x[3], x[2]);
  const vec c = _mm512_unpacklo_epi32(x[1], x[0]), d = _mm512_unpackhi_epi32(x[1], x[0]);
  x[0] = _mm512_shuffle_epi8(_mm512_unpacklo_epi64(a, c), big_endian);
  x[1] = _mm512_shuffle_epi8(_mm512_unpackhi_epi64(a, c), big_endian);
  x[2] = _mm512_shuffle_epi8(_mm512_unpacklo_epi64(b, d), big_endian);
  x[3] = _mm512_shuffle_epi8(_mm512_unpackhi_epi64(b, d), big_endian);
}

INLINE uint32_t word(const uint8_t *bytes) {
  uint32_t w;
  memcpy(&w, bytes, 4);
  return __builtin_bswap32(w);
}

INLINE void counters(vec x[][4], int rows, const uint8_t *nonce, uint32_t counter) {
  const vec order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
#pragma GCC unroll 4
  for (int row = 0; row < rows; row++) {
    for (int i = 0; i < 3; i++) x[row][i] = enter(_mm512_set1_epi32((int)word(nonce + 4 * i)));
    x[row][3] = enter(_mm512_add_epi32(_mm512_set1_epi32((int)(counter + (uint32_t)(BATCH * row))), order));
  }
}

// Four accumulators of GHASH, one a lane: block n goes to lane n % 4, which is multiplied by H^4 each time; at the end by
// H^4, H^3, H^2, H.
typedef struct {
  vec last;     // H^4, H^3, H^2, H
  vec steps[4]; // H^4, H^8, H^12, H^16 in each lane
} powers;

typedef struct {
  powers hash;
  uint32_t rounds[32]; // the round keys, of the state's form, and the 0x3e that PRE makes of the S-box's 0xd3
} tables;
_Static_assert(sizeof(tables) <= sizeof(((sm4_gcm_key *)0)->tables), "room for the tables");

INLINE const tables *tables_of(const sm4_gcm_key *key) { return (const tables *)key->tables; }

TARGET static void keystream(const sm4_gcm_key *key, const uint8_t *nonce, uint32_t counter, uint8_t *out) {
  vec x[1][4];
  counters(x, 1, nonce, counter);
  rounds(tables_of(key)->rounds, x, 1, 32);
  to_blocks(x[0]);
  for (int i = 0; i < 4; i++) _mm512_storeu_si512(out + 64 * i, x[0][i]);
}

// GHASH in the reflected domain: the product of two operands is in 256 bits as low, middle and high part.
typedef struct {
  vec low, middle, high;
} product;

INLINE vec reflect(vec blocks) {
  const __m128i backwards = _mm_set_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  return _mm512_shuffle_epi8(blocks, _mm512_broadcast_i32x4(backwards));
}

INLINE vec lane0(const uint8_t *hash) {
  return reflect(_mm512_zextsi128_si512(_mm_loadu_si128((const __m128i *)hash)));
}

INLINE product multiply(vec a, vec b) {
  return (product){_mm512_clmulepi64_epi128(a, b, 0x00),
                   _mm512_xor_si512(_mm512_clmulepi64_epi128(a, b, 0x01), _mm512_clmulepi64_epi128(a, b, 0x10)),
                   _mm512_clmulepi64_epi128(a, b, 0x11)};
}

INLINE product multiply_add(product p, vec a, vec b) {
  return (product){_mm512_xor_si512(p.low, _mm512_clmulepi64_epi128(a, b, 0x00)),
                   xor3(p.middle, _mm512_clmulepi64_epi128(a, b, 0x01), _mm512_clmulepi64_epi128(a, b, 0x10)),
                   _mm512_xor_si512(p.high, _mm512_clmulepi64_epi128(a, b, 0x11))};
}

// Folds 64 bits from below twice: x^128 = x^7 + x^2 + x + 1, reflected.
INLINE vec reduce(product p) {
  const vec polynomial = _mm512_set1_epi64((long long)0xc200000000000000);
  const vec m = xor3(p.middle, _mm512_shuffle_epi32(p.low, 0x4e), _mm512_clmulepi64_epi128(p.low, polynomial, 0));
  return xor3(p.high, _mm512_shuffle_epi32(m, 0x4e), _mm512_clmulepi64_epi128(m, polynomial, 0));
}

INLINE __m128i times(__m128i a, __m128i b) {
  return _mm512_castsi512_si128(reduce(multiply(_mm512_castsi128_si512(a), _mm512_castsi128_si512(b))));
}

INLINE void prepare_rounds(tables *to, const uint32_t rounds[32]) {
  const vec constant = _mm512_set1_epi8(0x3e);
  for (int i = 0; i < 32; i += 16) {
    _mm512_storeu_si512(to->rounds + i, _mm512_xor_si512(enter(_mm512_loadu_si512(rounds + i)), constant));
  }
}

INLINE void prepare_hash(powers *to, const uint8_t *h) {
  const __m128i one = _mm512_castsi512_si128(lane0(h));
  // H times x, so that products need no shift.
  const __m128i carry = _mm_srai_epi32(_mm_shuffle_epi32(one, 0xff), 31);
  const __m128i doubled = _mm_or_si128(_mm_slli_epi64(one, 1), _mm_slli_si128(_mm_srli_epi64(one, 63), 8));
  __m128i p[17] = {0};
  p[1] = _mm_xor_si128(doubled, _mm_and_si128(carry, _mm_set_epi64x((long long)0xc200000000000000, 1)));
  for (int i = 2; i <= 16; i++) p[i] = times(p[i - 1], p[1]);
  to->last = _mm512_castsi128_si512(p[4]);
  to->last = _mm512_inserti32x4(to->last, p[3], 1);
  to->last = _mm512_inserti32x4(to->last, p[2], 2);
  to->last = _mm512_inserti32x4(to->last, p[1], 3);
  for (int i = 0; i < 4; i++) to->steps[i] = _mm512_broadcast_i32x4(p[4 * i + 4]);
}

TARGET static void prepare(sm4_gcm_key *key, const uint8_t *h) {
  tables *to = (tables *)key->tables;
  prepare_rounds(to, key->rounds);
  prepare_hash(&to->hash, h);
}

// The accumulator of 16 more blocks, given reflected.
INLINE vec absorb(const powers *p, vec sum, const vec c[4]) {
  product t = multiply(sum, p->steps[3]);
  t = multiply_add(t, c[0], p->steps[2]);
  t = multiply_add(t, c[1], p->steps[1]);
  t = multiply_add(t, c[2], p->steps[0]);
  return _mm512_xor_si512(reduce(t), c[3]);
}

INLINE void finish(const powers *p, vec sum, uint8_t *hash) {
  const vec each = reflect(reduce(multiply(sum, p->last)));
  const __m256i two = _mm256_xor_si256(_mm512_castsi512_si256(each), _mm512_extracti64x4_epi64(each, 1));
  _mm_storeu_si128((__m128i *)hash, _mm_xor_si128(_mm256_castsi256_si128(two), _mm256_extracti128_si256(two, 1)));
}

// A running GHASH: `carried` is the hash so far until the first block takes it.
typedef struct {
  vec sum, carried;
} hashing;

INLINE void hash_batch(const powers *p, hashing *h, const uint8_t *data) {
  vec c[4];
  for (int i = 0; i < 4; i++) c[i] = reflect(_mm512_loadu_si512(data + 64 * i));
  c[0] = _mm512_xor_si512(c[0], h->carried);
  *h = (hashing){absorb(p, h->sum, c), _mm512_setzero_si512()};
}

// Encrypts `rows` batches while hashing the `hashed_rows` before them (seal) or themselves (open).
INLINE void pass(const sm4_gcm_key *key, sm4_gcm_state *state, hashing *h, int rows, const uint8_t *hashed,
                 int hashed_rows, const uint8_t *in, uint8_t *out) {
  const tables *t = tables_of(key);
  vec x[ROWS][4];
  counters(x, rows, state->nonce, state->counter);
  for (int quarter = 0; quarter < 4; quarter++) {
    rounds(t->rounds + 8 * quarter, x, rows, 8);
    if (quarter < hashed_rows) hash_batch(&t->hash, h, hashed + BATCH_SIZE * quarter);
  }
#pragma GCC unroll 4
  for (int row = 0; row < rows; row++) {
    to_blocks(x[row]);
    for (int i = 0; i < 4; i++) {
      const size_t at = (size_t)(BATCH_SIZE * row + 64 * i);
      _mm512_storeu_si512(out + at, _mm512_xor_si512(x[row][i], _mm512_loadu_si512(in + at)));
    }
  }
  state->counter += (uint32_t)(BATCH * rows);
}

// Sealed bytes are hashed one step of all rows later.
INLINE size_t hashed_until(size_t at) { return at == 0 ? 0 : at - ROWS * BATCH_SIZE; }

TARGET static void seal(const sm4_gcm_key *key, sm4_gcm_state *state, const uint8_t *in, uint8_t *out, size_t batches) {
  const powers *p = &tables_of(key)->hash;
  hashing h = {_mm512_setzero_si512(), lane0(state->hash)};
  const size_t end = batches * BATCH_SIZE, step = ROWS * BATCH_SIZE;
  size_t at = 0;
  for (; end - at >= step; at += step) {
    pass(key, state, &h, ROWS, out + hashed_until(at), at == 0 ? 0 : ROWS, in + at, out + at);
  }
  size_t hashed = hashed_until(at);
  for (; at < end; at += BATCH_SIZE) pass(key, state, &h, 1, out, 0, in + at, out + at);
  for (; hashed < end; hashed += BATCH_SIZE) hash_batch(p, &h, out + hashed);
  if (batches > 0) finish(p, h.sum, state->hash);
}

TARGET static void open(const sm4_gcm_key *key, sm4_gcm_state *state, const uint8_t *in, uint8_t *out, size_t batches) {
  hashing h = {_mm512_setzero_si512(), lane0(state->hash)};
  const size_t end = batches * BATCH_SIZE, step = ROWS * BATCH_SIZE;
  size_t at = 0;
  for (; end - at >= step; at += step) pass(key, state, &h, ROWS, in + at, ROWS, in + at, out + at);
  for (; at < end; at += BATCH_SIZE) pass(key, state, &h, 1, in + at, 1, in + at, out + at);
  if (batches > 0) finish(&tables_of(key)->hash, h.sum, state->hash);
}

// Zeros before the first block change nothing, so that less than a batch is one behind zeros.
INLINE void hash_few(const powers *p, uint8_t *hash, const uint8_t *data, size_t blocks) {
  uint8_t batch[BATCH_SIZE] = {0};
  uint8_t *first = batch + BATCH_SIZE - blocks * BLOCK_SIZE;
  hashing h = {_mm512_setzero_si512(), _mm512_setzero_si512()};
  memcpy(first, data, blocks * BLOCK_SIZE);
  for (int i = 0; i < BLOCK_SIZE; i++) first[i] ^= hash[i];
  hash_batch(p, &h, batch);
  finish(p, h.sum, hash);
}

TARGET static void hash(const sm4_gcm_key *key, uint8_t *hash, const uint8_t *data, size_t blocks) {
  const powers *p = &tables_of(key)->hash;
  hashing h = {_mm512_setzero_si512(), lane0(hash)};
  const size_t batches = blocks / BATCH;
  for (size_t i = 0; i < batches; i++) hash_batch(p, &h, data + i * BATCH_SIZE);
  if (batches > 0) finish(p, h.sum, hash);
  if (blocks % BATCH > 0) hash_few(p, hash, data + batches * BATCH_SIZE, blocks % BATCH);
}

const sm4_tier sm4_gfni = {"gfni", supported, prepare, hash, keystream, seal, open};
#endif
