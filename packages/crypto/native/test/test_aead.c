// Every cipher and tier: what is sealed opens, in place and apart, and nothing else does.
#include <string.h>

#include "../segments.h"
#include "harness.h"

#define LONGEST 1100
#define MUTATIONS 24

typedef struct {
  const cipher *cipher;
  cipher_key *key;
  uint8_t nonce[NONCE_SIZE];
  span aad;
} sealing;

static int all_zero(const uint8_t *bytes, size_t size) {
  int zero = 1;
  for (size_t i = 0; i < size; i++) zero &= bytes[i] == 0;
  return zero;
}

static void refuses(const sealing *s, const uint8_t *sealed, size_t size) {
  for (int i = 0; i < MUTATIONS; i++) {
    const size_t cut = i % 2 == 0 ? size : TAG_SIZE + random_below(size - TAG_SIZE + 1);
    uint8_t *wrong = fenced_copy(sealed, cut);
    uint8_t *out = fenced_random(cut - TAG_SIZE);
    if (cut == size) wrong[random_below(cut)] ^= (uint8_t)(1 << random_below(8));
    check(!s->cipher->open(s->key, s->nonce, s->aad, (span){wrong, cut}, out), "changed or cut bytes do not open");
    check(all_zero(out, cut - TAG_SIZE), "and leave nothing behind");
  }
}

// Apart, then in place: both give the same, and open to the plaintext.
static void seals(sealing *s, size_t size) {
  uint8_t *plaintext = fenced_random(size), *sealed = fenced_random(size + TAG_SIZE), *opened = fenced_random(size);
  uint8_t *in_place = fenced_random(size + TAG_SIZE);
  random_bytes(s->nonce, NONCE_SIZE);
  memcpy(in_place, plaintext, size);
  check(s->cipher->seal(s->key, s->nonce, s->aad, (span){plaintext, size}, sealed), "a plaintext is sealed");
  check(s->cipher->seal(s->key, s->nonce, s->aad, (span){in_place, size}, in_place) &&
            memcmp(in_place, sealed, size + TAG_SIZE) == 0,
        "in place it is the same");
  check(s->cipher->open(s->key, s->nonce, s->aad, (span){sealed, size + TAG_SIZE}, opened) &&
            memcmp(opened, plaintext, size) == 0,
        "it opens");
  check(s->cipher->open(s->key, s->nonce, s->aad, (span){in_place, size + TAG_SIZE}, in_place) &&
            memcmp(in_place, plaintext, size) == 0,
        "in place too");
  if (size % 37 == 0) refuses(s, sealed, size + TAG_SIZE);
  release();
}

static void runs_of_segments(const sealing *s, size_t size, size_t segment_size) {
  const segment_run run = {s->cipher, s->key, s->aad, 5, segment_size, true, {NULL, 0}};
  const size_t count = segment_run_count(&run, size, segment_size);
  const size_t sealed_size = size + count * TAG_SIZE;
  uint8_t *plaintext = fenced_random(size), *sealed = fenced_random(sealed_size), *opened = fenced_random(size);
  check(segments_seal(&run, (span){plaintext, size}, sealed) &&
            segments_open(&run, (span){sealed, sealed_size}, opened) && memcmp(opened, plaintext, size) == 0,
        "a run of segments opens");
  sealed[random_below(sealed_size)] ^= 1;
  check(!segments_open(&run, (span){sealed, sealed_size}, opened) && all_zero(opened, size),
        "a changed one does not, and leaves nothing behind");
  release();
}

// Cut anywhere, even within a tag, with exactly the room that is left for a plaintext.
static void cut_runs(const sealing *s, size_t size, size_t segment_size) {
  const segment_run run = {s->cipher, s->key, s->aad, 0, segment_size, true, {NULL, 0}};
  const size_t sealed_size = size + segment_run_count(&run, size, segment_size) * TAG_SIZE;
  uint8_t *plaintext = fenced_random(size), *sealed = fenced_random(sealed_size);
  check(segments_seal(&run, (span){plaintext, size}, sealed), "a run is sealed");
  for (size_t cut = 0; cut < sealed_size; cut++) {
    const size_t tags = segment_run_count(&run, cut, segment_size + TAG_SIZE) * TAG_SIZE;
    const size_t room = cut < tags ? 0 : cut - tags;
    uint8_t *wrong = fenced_copy(sealed, cut), *out = fenced_random(room);
    check(!segments_open(&run, (span){wrong, cut}, out), "a cut run does not open");
  }
  release();
}

void test_aead(const cipher *cipher) {
  uint8_t key[32], aad[45];
  random_bytes(key, sizeof key);
  random_bytes(aad, sizeof aad);
  sealing s = {.cipher = cipher, .key = cipher->key_new(key), .aad = {aad, sizeof aad}};
  check(s.key != NULL, cipher->name);
  for (size_t size = 0; size <= LONGEST; size++) seals(&s, size);
  s.aad.size = 0;
  seals(&s, 65536 + 17);
  for (size_t size = 0; size < 700; size += 23) runs_of_segments(&s, size, 64);
  for (size_t size = 0; size < 300; size += 61) cut_runs(&s, size, 64);
  cipher_key *copy = cipher->key_copy(s.key);
  cipher->key_free(s.key);
  s.key = copy;
  seals(&s, 1000);
  cipher->key_free(copy);
  cipher->key_free(NULL);
}
