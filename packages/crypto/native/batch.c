#include "batch.h"

#include "wipe.h"

static size_t start_of(const uint32_t *ends, size_t i) { return i == 0 ? 0 : ends[i - 1]; }

static span part(const uint8_t *data, const uint32_t *ends, size_t i) {
  return (span){data + start_of(ends, i), ends[i] - start_of(ends, i)};
}

static span aad_of(const batch *b, size_t i) {
  return b->aad_ends == NULL ? b->aad : part(b->aad.data, b->aad_ends, i);
}

bool batch_ends_valid(const uint32_t *ends, size_t count, size_t size, size_t least) {
  for (size_t i = 0; i < count; i++)
    if (ends[i] < start_of(ends, i) || ends[i] - start_of(ends, i) < least) return false;
  return count == 0 || ends[count - 1] <= size;
}

bool batch_seal(const batch *b, uint8_t *out) {
  for (size_t i = 0; i < b->count; i++) {
    const span value = part(b->values, b->ends, i);
    if (!b->cipher->seal(b->key, b->nonces + NONCE_SIZE * i, aad_of(b, i), value, out)) return false;
    out += value.size + TAG_SIZE;
  }
  return true;
}

bool batch_open(const batch *b, uint8_t *out) {
  const size_t size = b->count == 0 ? 0 : b->ends[b->count - 1] - b->count * TAG_SIZE;
  uint8_t *const start = out;
  for (size_t i = 0; i < b->count; i++) {
    const span sealed = part(b->values, b->ends, i);
    if (!b->cipher->open(b->key, b->nonces + NONCE_SIZE * i, aad_of(b, i), sealed, out)) {
      wipe(start, size);
      return false;
    }
    out += sealed.size - TAG_SIZE;
  }
  return true;
}
