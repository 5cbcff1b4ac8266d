// The kernels of SM4-GCM for one kind of processor. The drivers in sm4_gcm.c are the same for all.
#ifndef HUFU_SM4_TIER_H
#define HUFU_SM4_TIER_H

#include "cipher.h"

#define BLOCK_SIZE 16
// Blocks that one pass of a kernel encrypts, whatever the tier.
#define BATCH 16
#define BATCH_SIZE (BATCH * BLOCK_SIZE)

typedef struct {
  uint32_t rounds[32];
  // What the tier prepares: powers of the hash key, and the round keys in another form.
  _Alignas(64) uint8_t tables[2304];
} sm4_gcm_key;

typedef struct {
  uint8_t nonce[NONCE_SIZE];
  uint32_t counter; // of the next block
  uint8_t hash[BLOCK_SIZE];
} sm4_gcm_state;

typedef struct {
  const char *name;
  bool (*supported)(void);
  // Fills the tables, from the round keys and the hash key.
  void (*prepare)(sm4_gcm_key *key, const uint8_t h[BLOCK_SIZE]);
  // GHASH of more blocks.
  void (*hash)(const sm4_gcm_key *key, uint8_t hash[BLOCK_SIZE], const uint8_t *data, size_t blocks);
  // The keystream of BATCH blocks from `counter` on.
  void (*keystream)(const sm4_gcm_key *key, const uint8_t nonce[NONCE_SIZE], uint32_t counter, uint8_t out[BATCH_SIZE]);
  // CTR and GHASH of whole batches. `out` is `in` or apart from it.
  void (*seal)(const sm4_gcm_key *key, sm4_gcm_state *state, const uint8_t *in, uint8_t *out, size_t batches);
  void (*open)(const sm4_gcm_key *key, sm4_gcm_state *state, const uint8_t *in, uint8_t *out, size_t batches);
} sm4_tier;

extern const sm4_tier sm4_gfni, sm4_aesni, sm4_portable;

// The fastest tier of this processor, or the one that HUFU_SM4_TIER named when it was first asked for; null when this
// processor can't run that one.
const sm4_tier *sm4_tier_chosen(void);

#endif
