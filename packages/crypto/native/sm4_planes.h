// SM4 on bit planes: bit k of every byte is in plane k, so that the S-box is a circuit of AND and XOR, and neither
// addresses nor branches depend on data. A plane has two halves of 64 bits; each holds the bytes of one word of 16
// blocks: byte b, from 3 for the most significant to 0, is at bits 16 b and up, one bit a block.
#ifndef HUFU_SM4_PLANES_H
#define HUFU_SM4_PLANES_H

#include <stdint.h>

typedef uint64_t plane __attribute__((vector_size(16)));

// GF(4) is a.high w + a.low with w^2 = w + 1.
typedef struct {
  plane low, high;
} gf4;

// GF(16) is a.high z + a.low with z^2 = z + w.
typedef struct {
  gf4 low, high;
} gf16;

static inline gf4 gf4_add(gf4 a, gf4 b) { return (gf4){a.low ^ b.low, a.high ^ b.high}; }
static inline gf4 gf4_square(gf4 a) { return (gf4){a.low ^ a.high, a.high}; }
static inline gf4 gf4_times_w(gf4 a) { return (gf4){a.high, a.low ^ a.high}; }

static inline gf4 gf4_multiply(gf4 a, gf4 b) {
  const plane low = a.low & b.low, high = a.high & b.high;
  return (gf4){low ^ high, low ^ ((a.low ^ a.high) & (b.low ^ b.high))};
}

static inline gf16 gf16_add(gf16 a, gf16 b) { return (gf16){gf4_add(a.low, b.low), gf4_add(a.high, b.high)}; }

static inline gf16 gf16_multiply(gf16 a, gf16 b) {
  const gf4 low = gf4_multiply(a.low, b.low), high = gf4_multiply(a.high, b.high);
  const gf4 cross = gf4_multiply(gf4_add(a.low, a.high), gf4_add(b.low, b.high));
  return (gf16){gf4_add(low, gf4_times_w(high)), gf4_add(low, cross)};
}

// The inverse is the conjugate over the norm, which is in GF(4), where the inverse is the square. Zero stays zero.
static inline gf16 gf16_invert(gf16 a) {
  const gf4 sum = gf4_add(a.low, a.high);
  const gf4 norm = gf4_add(gf4_times_w(gf4_square(a.high)), gf4_multiply(a.low, sum));
  const gf4 inverse = gf4_square(norm);
  return (gf16){gf4_multiply(sum, inverse), gf4_multiply(a.high, inverse)};
}

// A square times the constant 9 = w z + 1, with which GF(256) is built: y^2 = y + 9.
static inline gf16 gf16_square_times_nine(gf16 a) {
  const plane x = a.low.high ^ a.high.high;
  return (gf16){{a.low.low ^ a.high.low ^ x, x}, {a.low.high, a.low.low}};
}

static inline void gf256_invert(gf16 *high, gf16 *low) {
  const gf16 sum = gf16_add(*high, *low);
  const gf16 inverse = gf16_invert(gf16_add(gf16_square_times_nine(*high), gf16_multiply(*low, sum)));
  *low = gf16_multiply(sum, inverse);
  *high = gf16_multiply(*high, inverse);
}

// The S-box A inv(A x + 0xd3) + 0xd3 in GF(2^8) mod 0x1f5 (GB/T 32907), inverted in the tower field: the maps before
// and after are A with the change of basis; adding a constant is the complement of some planes.
static inline void sm4_substitute(plane x[8]) {
  const plane a = x[4] ^ x[5], b = x[0] ^ x[6] ^ x[1] ^ x[2];
  gf16 low = {{x[0] ^ x[6] ^ a, x[1] ^ a}, {~x[5], x[5] ^ b}};
  gf16 high = {{x[4] ^ b, ~x[6]}, {~(x[2] ^ x[7]), ~(b ^ x[3] ^ a)}};
  gf256_invert(&high, &low);
  const plane y0 = low.low.low, y1 = low.low.high, y2 = low.high.low, y3 = low.high.high;
  const plane y4 = high.low.low, y5 = high.low.high, y6 = high.high.low, y7 = high.high.high;
  const plane c = y0 ^ y4, d = y1 ^ y3, e = y6 ^ y7;
  x[0] = ~(y0 ^ y2);
  x[1] = ~(y6 ^ c);
  x[2] = y4 ^ y1 ^ y2;
  x[3] = y0 ^ e;
  x[4] = ~(y5 ^ d);
  x[5] = y7 ^ d;
  x[6] = ~(c ^ y1 ^ y5);
  x[7] = ~(y2 ^ c ^ d ^ e);
}

// Bytes 0 to 3 of the word at bytes 0, 2, 4 and 6.
static inline uint64_t spread(uint32_t word) {
  uint64_t x = word;
  x = (x | x << 16) & 0x0000ffff0000ffff;
  return (x | x << 8) & 0x00ff00ff00ff00ff;
}

static inline uint32_t unspread(uint64_t x) {
  x &= 0x00ff00ff00ff00ff;
  x = (x | x >> 8) & 0x0000ffff0000ffff;
  return (uint32_t)(x | x >> 16);
}

// Exchanges the bits `mask << shift` of a with the bits `mask` of b.
static inline void exchange(plane *a, plane *b, uint64_t mask, int shift) {
  const plane moved = ((*a >> shift) ^ *b) & (plane){mask, mask};
  *b ^= moved;
  *a ^= moved << shift;
}

// Transposes each 8 x 8 bits that lie at the same byte of the eight. Its own inverse.
static inline void transpose(plane x[8]) {
  for (int i = 0; i < 8; i += 2) exchange(&x[i], &x[i + 1], 0x5555555555555555, 1);
  for (int i = 0; i < 8; i += i % 4 == 1 ? 3 : 1) exchange(&x[i], &x[i + 2], 0x3333333333333333, 2);
  for (int i = 0; i < 4; i++) exchange(&x[i], &x[i + 4], 0x0f0f0f0f0f0f0f0f, 4);
}

#endif
