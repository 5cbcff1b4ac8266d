// Cells: sealed as the cipher by itself does with head and place as associated data; opened in their own run only.
#include <string.h>

#include "../cell.h"
#include "harness.h"

static const uint8_t kind = 0xf8;

// Head, text and room for the tag, ending at a forbidden page.
static uint8_t *new_cell(size_t head_size, size_t size) {
  uint8_t *cell = fenced_random(head_size + size + TAG_SIZE);
  cell[0] = kind | (head_size == CELL_HEAD_MAX);
  return cell;
}

static void is_what_the_cipher_makes(const cell_run *run, const uint8_t *before, const uint8_t *cell, size_t head_size,
                                     size_t size) {
  uint8_t nonce[NONCE_SIZE] = {0}, aad[CELL_HEAD_MAX + CELL_PLACE_MAX], *expected = fenced(size + TAG_SIZE);
  memcpy(nonce + 8, before + head_size - 4, 4);
  memcpy(aad, before, head_size);
  memcpy(aad + head_size, run->place.data, run->place.size);
  run->cipher->seal(run->key, nonce, (span){aad, head_size + run->place.size}, (span){before + head_size, size},
                    expected);
  check(memcmp(cell, before, head_size) == 0 && memcmp(cell + head_size, expected, size + TAG_SIZE) == 0,
        "a cell is head, ciphertext, tag");
}

static void round_trip(cell_run *run, size_t head_size, size_t size) {
  uint8_t *cell = new_cell(head_size, size), *before = fenced_copy(cell, head_size + size + TAG_SIZE);
  uint8_t *opened = fenced(size);
  size_t opened_size = 0;
  run->fixed = before + head_size - 4 - CELL_FIXED_SIZE;
  const span whole = {cell, head_size + size + TAG_SIZE};
  check(cell_seal(run->cipher, run->key, cell, head_size, size, run->place), "a cell is sealed");
  is_what_the_cipher_makes(run, before, cell, head_size, size);
  check(cell_open(run, whole, opened, &opened_size) && opened_size == size &&
            memcmp(opened, before + head_size, size) == 0,
        "a cell opens");
  cell[random_below(whole.size)] ^= 1 << random_below(8);
  check(!cell_open(run, whole, opened, &opened_size), "a changed one does not");
  release();
}

static void cut(const cell_run *run) {
  for (size_t size = 0; size < CELL_HEAD_MAX + TAG_SIZE; size++) {
    uint8_t *cell = fenced_random(size), out[CELL_HEAD_MAX];
    size_t opened_size;
    if (size > 0) cell[0] = kind | (size & 1);
    check(!cell_open(run, (span){cell, size}, out, &opened_size), "what is too short is no cell");
    release();
  }
}

void test_cell(const cipher *cipher) {
  uint8_t key[32], place[CELL_PLACE_MAX], fixed[CELL_FIXED_SIZE] = {0};
  random_bytes(key, sizeof key);
  random_bytes(place, sizeof place);
  cell_run run = {cipher, cipher->key_new(key), kind, fixed, {place, 0}};
  for (size_t size = 0; size < 300; size += 1 + size / 40) {
    run.place.size = size % 7 == 0 ? CELL_PLACE_MAX : size % 50;
    round_trip(&run, CELL_HEAD_MIN, size);
    round_trip(&run, CELL_HEAD_MAX, size);
  }
  run.fixed = fixed;
  cut(&run);
  cipher->key_free(run.key);
}
