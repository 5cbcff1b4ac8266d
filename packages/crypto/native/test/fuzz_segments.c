// A run of segments: sealed and opened, changed, moved, cut, and bytes that never were one.
#include <string.h>

#include "../segments.h"
#include "fuzz.h"

#define LONGEST 1500

// Room for what `sealed` could hold; none where it ends within a tag.
static uint8_t *room_for(const segment_run *run, size_t sealed) {
  const size_t count = segment_run_count(run, sealed, run->segment_size + TAG_SIZE);
  return fenced(sealed < count * TAG_SIZE ? 0 : sealed - count * TAG_SIZE);
}

static bool opens(const segment_run *run, const uint8_t *sealed, size_t size) {
  return segments_open(run, (span){sealed, size}, room_for(run, size));
}

static void refuses_elsewhere(fuzz_input *input, segment_run run, span sealed) {
  run.last = !run.last;
  demand(!opens(&run, sealed.data, sealed.size), "a run is the last or is not");
  run.last = !run.last;
  run.first_index ^= (uint64_t)1 << take_below(input, 64);
  demand(!opens(&run, sealed.data, sealed.size), "a run is opened at its own index only");
}

static void refuses_changes(fuzz_input *input, const segment_run *run, span sealed, size_t text_size) {
  uint8_t *changed = fenced_copy(sealed.data, sealed.size), *out = take_bytes(input, text_size);
  change_bit(input, changed, sealed.size);
  demand(!segments_open(run, (span){changed, sealed.size}, out), "a changed run does not open");
  demand_zeros(out, text_size, "and leaves nothing behind");
  const size_t cut = take_below(input, sealed.size);
  if (run->last || cut % (run->segment_size + TAG_SIZE) != 0)
    demand(!opens(run, fenced_copy(sealed.data, cut), cut), "nor one cut within a segment, nor a last one anywhere");
}

void fuzz_segments(fuzz_input *input) {
  const cipher *cipher = take_cipher(input);
  const size_t aad_size = take_below(input, 40), size = take_below(input, LONGEST);
  cipher_key *key = take_key(input, cipher);
  const uint64_t first = take_word(input);
  const size_t segment_size = 1 + take_below(input, 400);
  const bool last = take_byte(input) & 1;
  const segment_run run = {cipher, key, {take_bytes(input, aad_size), aad_size}, first, segment_size, last, {NULL, 0}};
  const size_t count = segment_run_count(&run, size, run.segment_size), sealed_size = size + count * TAG_SIZE;
  const span text = {take_bytes(input, size), size}, sealed = {fenced(sealed_size), sealed_size};
  uint8_t *out = fenced(size);
  demand(segments_seal(&run, text, (uint8_t *)sealed.data), "a run is sealed");
  demand(segments_open(&run, sealed, out) && memcmp(out, text.data, size) == 0, "and opens");
  if (count > 0) refuses_elsewhere(input, run, sealed);
  if (count > 0) refuses_changes(input, &run, sealed, size);
  const size_t hostile = 1 + take_below(input, LONGEST);
  demand(!opens(&run, take_bytes(input, hostile), hostile), "what was never sealed is no run");
  cipher->key_free(key);
}
