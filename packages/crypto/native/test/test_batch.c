// Many values in one call: as each by itself, and nothing of any when one is not authentic.
#include <string.h>

#include "../batch.h"
#include "harness.h"

#define MOST 9

typedef struct {
  size_t count, plain_size, sealed_size, aad_size;
  uint32_t plain_ends[MOST], sealed_ends[MOST], aad_ends[MOST];
} sizes;

static sizes random_sizes(size_t count) {
  sizes s = {.count = count};
  for (size_t i = 0; i < count; i++) {
    s.plain_size += random_below(50);
    s.aad_size += random_below(20);
    s.plain_ends[i] = (uint32_t)s.plain_size;
    s.sealed_ends[i] = (uint32_t)(s.plain_size + (i + 1) * TAG_SIZE);
    s.aad_ends[i] = (uint32_t)s.aad_size;
  }
  s.sealed_size = s.plain_size + count * TAG_SIZE;
  return s;
}

static uint32_t start_of(const uint32_t *ends, size_t i) { return i == 0 ? 0 : ends[i - 1]; }

static void seals_each(const batch *b, const sizes *s, const uint8_t *sealed) {
  for (size_t i = 0; i < s->count; i++) {
    const size_t from = start_of(s->plain_ends, i), size = s->plain_ends[i] - from, aad_from = start_of(s->aad_ends, i);
    uint8_t *one = fenced(size + TAG_SIZE);
    const span aad = {b->aad.data + aad_from, s->aad_ends[i] - aad_from}, value = {b->values + from, size};
    check(b->cipher->seal(b->key, b->nonces + i * NONCE_SIZE, aad, value, one) &&
              memcmp(one, sealed + start_of(s->sealed_ends, i), size + TAG_SIZE) == 0,
          "a value of a batch is sealed as by itself");
  }
}

static void round_trip(const cipher *cipher, cipher_key *key, size_t count) {
  const sizes s = random_sizes(count);
  uint8_t *nonces = fenced_random(count * NONCE_SIZE), *aad = fenced_random(s.aad_size);
  uint8_t *plain = fenced_random(s.plain_size), *sealed = fenced(s.sealed_size), *opened = fenced_random(s.plain_size);
  const batch sealing = {cipher, key, count, nonces, {aad, s.aad_size}, s.aad_ends, plain, s.plain_ends};
  const batch opening = {cipher, key, count, nonces, {aad, s.aad_size}, s.aad_ends, sealed, s.sealed_ends};
  check(batch_ends_valid(s.sealed_ends, count, s.plain_size + count * TAG_SIZE, TAG_SIZE), "the ends are valid");
  check(batch_seal(&sealing, sealed), "a batch is sealed");
  seals_each(&sealing, &s, sealed);
  check(batch_open(&opening, opened) && memcmp(opened, plain, s.plain_size) == 0, "and opens");
  if (count > 0) {
    sealed[random_below(s.sealed_size)] ^= 1;
    check(!batch_open(&opening, opened), "a changed one does not");
    int zero = 1;
    for (size_t i = 0; i < s.plain_size; i++) zero &= opened[i] == 0;
    check(zero, "and leaves nothing behind");
  }
  release();
}

void test_batch(const cipher *cipher) {
  uint8_t key_bytes[32];
  const uint32_t descending[2] = {40, 39}, close[2] = {16, 31}, far[1] = {17};
  random_bytes(key_bytes, sizeof key_bytes);
  cipher_key *key = cipher->key_new(key_bytes);
  for (size_t i = 0; i < 200; i++) round_trip(cipher, key, i % (MOST + 1));
  cipher->key_free(key);
  check(!batch_ends_valid(descending, 2, 100, 0), "ends do not descend");
  check(!batch_ends_valid(close, 2, 100, TAG_SIZE), "a sealed value has a tag");
  check(!batch_ends_valid(far, 1, 16, 0), "and ends within the bytes");
}
