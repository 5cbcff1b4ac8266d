#include "segments.h"

#include <openssl/crypto.h>
#include <string.h>

// 11-byte big-endian counter, then 1 on the last segment.
static void segment_nonce(uint64_t index, bool last, uint8_t nonce[NONCE_SIZE]) {
  memset(nonce, 0, NONCE_SIZE);
  for (int i = 0; i < 8; i++) nonce[10 - i] = (uint8_t)(index >> (8 * i));
  nonce[11] = last ? 1 : 0;
}

static size_t heads(const segment_run *run) { return run->head.size > 0 ? 1 : 0; }

size_t segment_run_count(const segment_run *run, size_t size, size_t segment_size) {
  size_t count = size / segment_size + (size % segment_size != 0);
  return heads(run) + (run->last && count == 0 ? 1 : count);
}

static span segment_at(const segment_run *run, span in, size_t i, size_t step) {
  if (i < heads(run)) return run->head;
  const size_t at = (i - heads(run)) * step;
  return (span){in.data + at, in.size - at < step ? in.size - at : step};
}

bool segments_seal(const segment_run *run, span in, uint8_t *out) {
  const size_t step = run->segment_size, count = segment_run_count(run, in.size, step);
  uint8_t nonce[NONCE_SIZE];
  for (size_t i = 0; i < count; i++) {
    segment_nonce(run->first_index + i, run->last && i + 1 == count, nonce);
    const span segment = segment_at(run, in, i, step);
    if (!run->cipher->seal(run->key, nonce, run->aad, segment, out + i * (step + TAG_SIZE))) return false;
  }
  return true;
}

bool segments_end_in_a_tag(const segment_run *run, span sealed) {
  const size_t step = run->segment_size + TAG_SIZE, count = segment_run_count(run, sealed.size, step) - heads(run);
  return count == 0 || sealed.size - (count - 1) * step >= TAG_SIZE;
}

bool segments_open(const segment_run *run, span sealed, uint8_t *out) {
  const size_t step = run->segment_size + TAG_SIZE, count = segment_run_count(run, sealed.size, step);
  if (!segments_end_in_a_tag(run, sealed)) return false;
  uint8_t nonce[NONCE_SIZE];
  for (size_t i = 0; i < count; i++) {
    segment_nonce(run->first_index + i, run->last && i + 1 == count, nonce);
    const span segment = segment_at(run, sealed, i, step);
    if (run->cipher->open(run->key, nonce, run->aad, segment, out + i * run->segment_size)) continue;
    OPENSSL_cleanse(out, run->head.size + sealed.size - count * TAG_SIZE);
    return false;
  }
  return true;
}
