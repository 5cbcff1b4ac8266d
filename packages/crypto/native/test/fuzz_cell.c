// A cell of a column: sealed and opened, changed, opened in another place, and bytes that never were one.
#include <string.h>

#include "../cell.h"
#include "fuzz.h"

#define LONGEST 700

static void refuses(fuzz_input *input, const cell_run *run) {
  const size_t size = take_below(input, LONGEST);
  uint8_t *bytes = take_bytes(input, size), *out = fenced(size);
  size_t opened_size;
  // Most bytes fail at the first look: half of them are given the right beginning.
  if (size >= CELL_HEAD_MIN && take_byte(input) & 1) {
    bytes[0] = run->kind;
    memcpy(bytes + CELL_HEAD_MIN - 4 - CELL_FIXED_SIZE, run->fixed, CELL_FIXED_SIZE);
  }
  demand(!cell_open(run, (span){bytes, size}, out, &opened_size), "what was never sealed is no cell");
}

static void opens(fuzz_input *input, cell_run *run, span cell, span text) {
  uint8_t *changed = fenced_copy(cell.data, cell.size), *out = fenced(text.size);
  size_t size = 0;
  demand(cell_open(run, cell, out, &size) && size == text.size, "a cell opens");
  demand(memcmp(out, text.data, size) == 0, "to its text");
  change_bit(input, changed, cell.size);
  demand(!cell_open(run, (span){changed, cell.size}, fenced(cell.size), &size), "a changed one does not");
  const size_t elsewhere = take_below(input, CELL_PLACE_MAX + 1);
  if (elsewhere == run->place.size) return;
  run->place = (span){take_bytes(input, elsewhere), elsewhere};
  demand(!cell_open(run, cell, out, &size), "nor one of another place");
}

void fuzz_cell(fuzz_input *input) {
  const cipher *cipher = take_cipher(input);
  const bool indexed = take_byte(input) & 1;
  const size_t head = indexed ? CELL_HEAD_MAX : CELL_HEAD_MIN, place_size = take_below(input, CELL_PLACE_MAX + 1);
  const size_t size = take_below(input, LONGEST), whole = head + size + TAG_SIZE;
  cipher_key *key = take_key(input, cipher);
  const uint8_t kind = take_byte(input) & 0xfe;
  cell_run run = {cipher, key, kind, NULL, {take_bytes(input, place_size), place_size}};
  uint8_t *cell = take_bytes(input, whole);
  const span text = {fenced_copy(cell + head, size), size};
  cell[0] = run.kind | indexed;
  run.fixed = fenced_copy(cell + head - 4 - CELL_FIXED_SIZE, CELL_FIXED_SIZE);
  demand(cell_seal(cipher, run.key, cell, head, size, run.place), "a cell is sealed");
  opens(input, &run, (span){cell, whole}, text);
  refuses(input, &run);
  cipher->key_free(run.key);
}
