// The first byte of an input chooses the target, the others are its own.
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static void (*const targets[])(fuzz_input *) = {fuzz_cipher, fuzz_cell, fuzz_message, fuzz_segments, fuzz_batch};
  fuzz_input input = {data, size};
  targets[take_byte(&input) % (sizeof targets / sizeof *targets)](&input);
  release();
  return 0;
}
