#include "cell.h"

#include <string.h>

static const uint8_t *nonce_of(const uint8_t *head, size_t head_size, uint8_t nonce[NONCE_SIZE]) {
  memset(nonce, 0, NONCE_SIZE - 4);
  memcpy(nonce + NONCE_SIZE - 4, head + head_size - 4, 4);
  return nonce;
}

static span aad_of(const uint8_t *head, size_t head_size, span place, uint8_t aad[CELL_HEAD_MAX + CELL_PLACE_MAX]) {
  memcpy(aad, head, head_size);
  if (place.size > 0) memcpy(aad + head_size, place.data, place.size);
  return (span){aad, head_size + place.size};
}

bool cell_seal(const cipher *c, cipher_key *key, uint8_t *cell, size_t head_size, size_t text_size, span place) {
  uint8_t nonce[NONCE_SIZE], aad[CELL_HEAD_MAX + CELL_PLACE_MAX];
  uint8_t *text = cell + head_size;
  return c->seal(key, nonce_of(cell, head_size, nonce), aad_of(cell, head_size, place, aad), (span){text, text_size},
                 text);
}

bool cell_open(const cell_run *run, span cell, uint8_t *out, size_t *size) {
  uint8_t nonce[NONCE_SIZE], aad[CELL_HEAD_MAX + CELL_PLACE_MAX];
  const bool indexed = cell.size > 0 && cell.data[0] == (run->kind | 1);
  const size_t head = indexed ? CELL_HEAD_MAX : CELL_HEAD_MIN;
  if (cell.size < head + TAG_SIZE || (!indexed && cell.data[0] != run->kind) ||
      memcmp(cell.data + head - 4 - CELL_FIXED_SIZE, run->fixed, CELL_FIXED_SIZE) != 0)
    return false;
  *size = cell.size - head - TAG_SIZE;
  return run->cipher->open(run->key, nonce_of(cell.data, head, nonce), aad_of(cell.data, head, run->place, aad),
                           (span){cell.data + head, cell.size - head}, out);
}
