// SM4-GCM in portable C: SM4 on bit planes, 32 blocks at a time, and GHASH by integer multiplication.
#include <string.h>

#include "ghash.h"
#include "sm4_planes.h"
#include "sm4_tier.h"
#include "wipe.h"

#define HALVES 2 // batches at a time: one in each half of a plane

typedef struct {
  ghash_key hash;
  uint64_t rounds[32][8]; // each bit of the round keys, repeated for 16 blocks
} tables;
_Static_assert(sizeof(tables) <= sizeof(((sm4_gcm_key *)0)->tables), "room for the tables");

static bool supported(void) { return true; }

static void prepare(sm4_gcm_key *key, const uint8_t *h) {
  tables *t = (tables *)key->tables;
  ghash_prepare(&t->hash, h);
  for (int r = 0; r < 32; r++)
    for (int bit = 0; bit < 8; bit++)
      // A bit in each of four bytes, moved 16 apart and multiplied to fill them.
      t->rounds[r][bit] = (spread(key->rounds[r] >> bit & 0x01010101)) * 0xffff;
}

// To the left within each word, by whole bytes.
static inline plane rotate_bytes(plane x, int n) { return x << (16 * n) | x >> (64 - 16 * n); }

// x += L(t) (GB/T 32907, 6.2): L is t + t <<< 24 + (t + t <<< 8 + t <<< 16) <<< 2.
static inline void add_diffused(plane x[8], const plane t[8]) {
  plane u[8];
  for (int i = 0; i < 8; i++) u[i] = t[i] ^ rotate_bytes(t[i], 1) ^ rotate_bytes(t[i], 2);
  for (int i = 0; i < 8; i++) x[i] ^= t[i] ^ rotate_bytes(t[i], 3) ^ (i < 2 ? rotate_bytes(u[i + 6], 1) : u[i - 2]);
}

static void encrypt(const tables *key, plane x[4][8]) {
  for (int r = 0; r < 32; r++) {
    const plane *a = x[(r + 1) % 4], *b = x[(r + 2) % 4], *c = x[(r + 3) % 4];
    plane t[8];
    for (int i = 0; i < 8; i++) t[i] = a[i] ^ b[i] ^ c[i] ^ (plane){key->rounds[r][i], key->rounds[r][i]};
    sm4_substitute(t);
    add_diffused(x[r % 4], t);
  }
}

static uint32_t word(const uint8_t *bytes) {
  return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static void store_word(uint8_t *bytes, uint32_t w) {
  for (int i = 0; i < 4; i++) bytes[i] = (uint8_t)(w >> (24 - 8 * i));
}

// Blocks i and i + 8 of each half share a row before the transposition.
static void load_counters(plane x[4][8], const uint8_t *nonce, uint32_t counter) {
  for (int w = 0; w < 3; w++) {
    const uint64_t same = spread(word(nonce + 4 * w)) * 0x101;
    for (int i = 0; i < 8; i++) x[w][i] = (plane){same, same};
  }
  for (uint32_t i = 0; i < 8; i++)
    for (uint32_t half = 0; half < HALVES; half++) {
      const uint32_t n = counter + BATCH * half + i;
      x[3][i][half] = spread(n) | spread(n + 8) << 8;
    }
  for (int w = 0; w < 4; w++) transpose(x[w]);
}

// The words in reverse order (GB/T 32907, 7.3).
static void store_blocks(plane x[4][8], uint8_t out[HALVES * BATCH_SIZE]) {
  for (int w = 0; w < 4; w++) {
    transpose(x[3 - w]);
    for (int i = 0; i < 8; i++)
      for (int half = 0; half < HALVES; half++) {
        uint8_t *block = out + BATCH_SIZE * half + BLOCK_SIZE * i + 4 * w;
        store_word(block, unspread(x[3 - w][i][half]));
        store_word(block + 8 * BLOCK_SIZE, unspread(x[3 - w][i][half] >> 8));
      }
  }
}

static void two_batches(const sm4_gcm_key *key, const uint8_t *nonce, uint32_t counter,
                        uint8_t out[HALVES * BATCH_SIZE]) {
  plane x[4][8];
  load_counters(x, nonce, counter);
  encrypt((const tables *)key->tables, x);
  store_blocks(x, out);
}

static void keystream(const sm4_gcm_key *key, const uint8_t *nonce, uint32_t counter, uint8_t *out) {
  uint8_t both[HALVES * BATCH_SIZE];
  two_batches(key, nonce, counter, both);
  memcpy(out, both, BATCH_SIZE);
  wipe(both, sizeof both);
}

static void hash(const sm4_gcm_key *key, uint8_t *hash, const uint8_t *data, size_t blocks) {
  ghash_update(&((const tables *)key->tables)->hash, hash, data, blocks);
}

static void apply(const sm4_gcm_key *key, sm4_gcm_state *state, const uint8_t *in, uint8_t *out, size_t batches) {
  uint8_t stream[HALVES * BATCH_SIZE];
  for (size_t at = 0; at < batches; at += HALVES) {
    const size_t size = (batches - at < HALVES ? 1 : HALVES) * BATCH_SIZE;
    two_batches(key, state->nonce, state->counter, stream);
    for (size_t i = 0; i < size; i++) out[at * BATCH_SIZE + i] = in[at * BATCH_SIZE + i] ^ stream[i];
    state->counter += (uint32_t)(size / BLOCK_SIZE);
  }
  wipe(stream, sizeof stream);
}

static void seal(const sm4_gcm_key *key, sm4_gcm_state *state, const uint8_t *in, uint8_t *out, size_t batches) {
  apply(key, state, in, out, batches);
  hash(key, state->hash, out, batches * BATCH);
}

static void open(const sm4_gcm_key *key, sm4_gcm_state *state, const uint8_t *in, uint8_t *out, size_t batches) {
  hash(key, state->hash, in, batches * BATCH);
  apply(key, state, in, out, batches);
}

const sm4_tier sm4_portable = {"portable", supported, prepare, hash, keystream, seal, open};
