// One cell of a database column (docs/formats/column-cell.md) behind a head that is written already.
#ifndef HUFU_CELL_H
#define HUFU_CELL_H

#include "cipher.h"

#define CELL_INDEX_SIZE 16
#define CELL_HEAD_MIN 37
#define CELL_HEAD_MAX (CELL_HEAD_MIN + CELL_INDEX_SIZE)
// Tenant and row id with their sizes, as far as these calls take them.
#define CELL_PLACE_MAX 512

// The session that a run of cells has in common, and where they belong.
typedef struct {
  const cipher *cipher;
  cipher_key *key;
  uint8_t kind;            // first byte without the index bit
  const uint8_t *fixed;    // column id, data key number, session: CELL_FIXED_SIZE bytes
  span place;              // at most CELL_PLACE_MAX bytes
} cell_run;

#define CELL_FIXED_SIZE 32

// At `cell` are a head, the text and room for the tag; the ciphertext takes the place of the text.
bool cell_seal(const cipher *c, cipher_key *key, uint8_t *cell, size_t head_size, size_t text_size, span place);
// The text, of `size` - head - tag bytes, into `out`, which is not the cell. False for a cell that is not of this run,
// or not authentic: then `out` has nothing of it.
bool cell_open(const cell_run *run, span cell, uint8_t *out, size_t *size);

#endif
