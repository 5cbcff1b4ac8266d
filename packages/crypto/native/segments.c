#include "segments.h"

#include <openssl/crypto.h>
#include <string.h>

// 11-byte big-endian counter, then 1 on the last segment.
static void segment_nonce(uint64_t index, bool last, uint8_t nonce[NONCE_SIZE]) {
  memset(nonce, 0, NONCE_SIZE);
  for (int i = 0; i < 8; i++) nonce[10 - i] = (uint8_t)(index >> (8 * i));
  nonce[11] = last ? 1 : 0;
}

size_t segment_run_count(const segment_run *run, size_t size, size_t segment_size) {
  size_t count = size / segment_size + (size % segment_size != 0);
  return run->last && count == 0 ? 1 : count;
}

static size_t piece_at(size_t at, size_t size, size_t step) { return size - at < step ? size - at : step; }

bool segments_seal(const segment_run *run, span in, uint8_t *out) {
  size_t count = segment_run_count(run, in.size, run->segment_size);
  uint8_t nonce[NONCE_SIZE];
  for (size_t i = 0; i < count; i++) {
    size_t at = i * run->segment_size;
    span segment = {in.data + at, piece_at(at, in.size, run->segment_size)};
    segment_nonce(run->first_index + i, run->last && i + 1 == count, nonce);
    if (!run->cipher->seal(run->key, nonce, run->aad, segment, out + at + i * TAG_SIZE)) return false;
  }
  return true;
}

// A sequence cut within a tag ends in a piece too short for one: its plaintext would be shorter than the segments before it.
static bool ends_in_a_tag(span sealed, size_t count, size_t step) {
  return count == 0 || sealed.size - (count - 1) * step >= TAG_SIZE;
}

bool segments_open(const segment_run *run, span sealed, uint8_t *out) {
  size_t step = run->segment_size + TAG_SIZE, count = segment_run_count(run, sealed.size, step);
  if (!ends_in_a_tag(sealed, count, step)) return false;
  uint8_t nonce[NONCE_SIZE];
  for (size_t i = 0; i < count; i++) {
    span segment = {sealed.data + i * step, piece_at(i * step, sealed.size, step)};
    segment_nonce(run->first_index + i, run->last && i + 1 == count, nonce);
    if (run->cipher->open(run->key, nonce, run->aad, segment, out + i * run->segment_size)) continue;
    OPENSSL_cleanse(out, sealed.size - count * TAG_SIZE);
    return false;
  }
  return true;
}
