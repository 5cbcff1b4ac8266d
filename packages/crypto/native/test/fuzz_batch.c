// Many values in one call, with ends of any numbers: those that are valid stay within memory, and what opens was sealed.
#include <string.h>

#include "../batch.h"
#include "fuzz.h"

#define MOST 12

// Steps that mostly ascend, and now and then any number. In memory of its own, which ends where they end.
static uint32_t *take_ends(fuzz_input *input, size_t count) {
  uint32_t *ends = (uint32_t *)fenced(count * sizeof *ends);
  for (size_t i = 0; i < count; i++) {
    const uint8_t step = take_byte(input);
    ends[i] = step == 0xff ? (uint32_t)take_word(input) : (i == 0 ? 0 : ends[i - 1]) + step;
  }
  return ends;
}

static uint32_t *sealed_ends(const uint32_t *ends, size_t count) {
  uint32_t *sealed = (uint32_t *)fenced(count * sizeof *sealed);
  for (size_t i = 0; i < count; i++) sealed[i] = ends[i] + (uint32_t)((i + 1) * TAG_SIZE);
  return sealed;
}

static void round_trip(fuzz_input *input, const batch *b, size_t size) {
  const size_t sealed_size = size + b->count * TAG_SIZE;
  uint8_t *sealed = fenced(sealed_size), *out = fenced(size);
  batch opening = *b;
  opening.values = sealed;
  opening.ends = sealed_ends(b->ends, b->count);
  demand(batch_ends_valid(opening.ends, b->count, sealed_size, TAG_SIZE), "ends of what is sealed are valid");
  demand(batch_seal(b, sealed) && batch_open(&opening, out), "a batch is sealed and opens");
  demand(memcmp(out, b->values, size) == 0, "to its values");
  if (sealed_size == 0) return;
  change_bit(input, sealed, sealed_size);
  demand(!batch_open(&opening, out), "a changed batch does not open");
  demand_zeros(out, size, "and leaves nothing behind");
}

// The same bytes as if they were sealed.
static void refuses(const batch *b, size_t size) {
  if (b->count == 0 || !batch_ends_valid(b->ends, b->count, size, TAG_SIZE)) return;
  demand(!batch_open(b, fenced(b->ends[b->count - 1] - b->count * TAG_SIZE)), "what was never sealed does not open");
}

void fuzz_batch(fuzz_input *input) {
  const cipher *cipher = take_cipher(input);
  const size_t count = take_below(input, MOST + 1), size = take_below(input, 2000);
  const uint32_t *ends = take_ends(input, count), *aad_ends = take_byte(input) & 1 ? take_ends(input, count) : NULL;
  const size_t aad_size = take_below(input, 300);
  const uint8_t *nonces = take_bytes(input, count * NONCE_SIZE), *aad = take_bytes(input, aad_size);
  const uint8_t *values = take_bytes(input, size);
  if (!batch_ends_valid(ends, count, size, 0)) return;
  if (aad_ends != NULL && !batch_ends_valid(aad_ends, count, aad_size, 0)) return;
  cipher_key *key = take_key(input, cipher);
  const batch b = {cipher, key, count, nonces, {aad, aad_size}, aad_ends, values, ends};
  round_trip(input, &b, count == 0 ? 0 : ends[count - 1]);
  refuses(&b, size);
  cipher->key_free(key);
}
