// SM4 and SM4-GCM in the chosen tier: the examples of GB/T 32907 and RFC 8998, and its kernels against the portable ones.
#include <string.h>

#include "../sm4.h"
#include "../sm4_tier.h"
#include "harness.h"
#include "vectors.h"

#define BATCHES 9
#define MILLION 1000000

static uint32_t big_endian(const uint8_t *bytes) {
  return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

// A block of keystream is SM4 of the nonce and the counter: any block can be encrypted that way.
static void encrypt_block(const sm4_tier *tier, const sm4_gcm_key *key, uint8_t block[16]) {
  uint8_t nonce[NONCE_SIZE], stream[BATCH_SIZE];
  memcpy(nonce, block, NONCE_SIZE);
  tier->keystream(key, nonce, big_endian(block + NONCE_SIZE), stream);
  memcpy(block, stream, 16);
}

static int encrypts(const sm4_tier *tier, const sm4_gcm_key *key, int times, const char *expected_hex) {
  size_t size;
  uint8_t block[16];
  memcpy(block, from_hex(GBT_32907_PLAINTEXT, &size), sizeof block);
  for (int i = 0; i < times; i++) encrypt_block(tier, key, block);
  const int ok = memcmp(block, from_hex(expected_hex, &size), sizeof block) == 0;
  release();
  return ok;
}

static void is_the_standard(const sm4_tier *tier) {
  static const uint8_t no_hash_key[16];
  size_t size;
  sm4_gcm_key key;
  sm4_round_keys(from_hex(GBT_32907_KEY, &size), key.rounds);
  release();
  tier->prepare(&key, no_hash_key);
  check(encrypts(tier, &key, 1, GBT_32907_ONCE), "the block of GB/T 32907");
  // In the other tiers only: the portable one would take a minute under the sanitizers.
  if (tier != &sm4_portable) check(encrypts(tier, &key, MILLION, GBT_32907_MILLION), "the same a million times over");
}

static void is_the_rfc(void) {
  size_t size, aad_size;
  cipher_key *key = sm4_gcm.key_new(from_hex(RFC_8998_KEY, &size));
  uint8_t *nonce = from_hex(RFC_8998_NONCE, &size), *aad = from_hex(RFC_8998_AAD, &aad_size);
  uint8_t *plaintext = from_hex(RFC_8998_PLAINTEXT, &size), *sealed = fenced(size + TAG_SIZE);
  check(sm4_gcm.seal(key, nonce, (span){aad, aad_size}, (span){plaintext, size}, sealed), "RFC 8998 seals");
  check(memcmp(sealed, from_hex(RFC_8998_CIPHERTEXT, &size), size) == 0, "to the ciphertext");
  check(memcmp(sealed + size, from_hex(RFC_8998_TAG, &aad_size), TAG_SIZE) == 0, "and the tag of RFC 8998");
  sm4_gcm.key_free(key);
  release();
}

// One key in both tiers, the same random input: the same output and the same hash.
static void is_the_portable(const sm4_tier *tier, size_t batches) {
  const size_t size = batches * BATCH_SIZE;
  sm4_gcm_key key, reference;
  sm4_gcm_state state = {.counter = UINT32_MAX - 20}, expected_state;
  uint8_t hash_key[16], *in = fenced_random(size), *out = fenced(size), *expected = fenced(size);
  random_bytes((uint8_t *)key.rounds, sizeof key.rounds);
  random_bytes(hash_key, sizeof hash_key);
  random_bytes(state.nonce, sizeof state.nonce);
  random_bytes(state.hash, sizeof state.hash);
  memcpy(reference.rounds, key.rounds, sizeof key.rounds);
  expected_state = state;
  tier->prepare(&key, hash_key);
  sm4_portable.prepare(&reference, hash_key);
  tier->seal(&key, &state, in, out, batches);
  sm4_portable.seal(&reference, &expected_state, in, expected, batches);
  check(memcmp(out, expected, size) == 0 && memcmp(state.hash, expected_state.hash, 16) == 0, "a tier seals as the portable one");
  tier->open(&key, &state, in, out, batches);
  sm4_portable.open(&reference, &expected_state, in, expected, batches);
  check(memcmp(out, expected, size) == 0 && memcmp(state.hash, expected_state.hash, 16) == 0, "and opens as the portable one");
  for (size_t blocks = 0; blocks <= size / 16; blocks++) {
    tier->hash(&key, state.hash, in, blocks);
    sm4_portable.hash(&reference, expected_state.hash, in, blocks);
    check(memcmp(state.hash, expected_state.hash, 16) == 0, "and hashes as the portable one");
  }
  release();
}

void test_sm4(void) {
  const sm4_tier *tier = sm4_tier_chosen();
  check(tier != NULL, "a tier is chosen");
  if (tier == NULL) return;
  is_the_standard(tier);
  is_the_rfc();
  for (size_t batches = 1; batches <= BATCHES; batches++) is_the_portable(tier, batches);
}
