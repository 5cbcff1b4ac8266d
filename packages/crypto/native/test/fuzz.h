// Coverage-guided fuzzing of the plain C code: every input is read as a choice of what to run, its sizes and its bytes.
// Statements read an input one after another: the order within an expression is the compiler's.
// libFuzzer calls LLVMFuzzerTestOneInput (scripts/fuzz-native.mjs); fuzz_replay.c calls it for the seeds.
#ifndef HUFU_FUZZ_H
#define HUFU_FUZZ_H

#include "harness.h"

// What is left of an input. Past its end everything read is made up, the same in every run, so that any input is one.
typedef struct {
  const uint8_t *data;
  size_t size;
} fuzz_input;

uint8_t take_byte(fuzz_input *input);
// 0 to limit - 1, from two bytes; limit is at most 65,536.
size_t take_below(fuzz_input *input, size_t limit);
uint64_t take_word(fuzz_input *input);
// Fenced, to be released.
uint8_t *take_bytes(fuzz_input *input, size_t size);

// AES-256-GCM or a tier of SM4-GCM that this processor has.
const cipher *take_cipher(fuzz_input *input);
cipher_key *take_key(fuzz_input *input, const cipher *cipher);

// Ends the process, which is how libFuzzer learns of a failure.
void demand(bool ok, const char *what);
void demand_zeros(const uint8_t *bytes, size_t size, const char *what);
// Changes a bit that the input chooses.
void change_bit(fuzz_input *input, uint8_t *bytes, size_t size);

void fuzz_cipher(fuzz_input *input);
void fuzz_cell(fuzz_input *input);
void fuzz_message(fuzz_input *input);
void fuzz_segments(fuzz_input *input);
void fuzz_batch(fuzz_input *input);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
