// The segment sequence of docs/formats/sealed-message.md: many segments in one call.
#ifndef HUFU_SEGMENTS_H
#define HUFU_SEGMENTS_H

#include "cipher.h"

typedef struct {
  const cipher *cipher;
  cipher_key *key;
  span aad;
  uint64_t first_index;
  size_t segment_size; // plaintext bytes of every segment but the last
  bool last;           // the final segment of the sequence is among these
} segment_run;

// How many segments `size` bytes are, where each holds `segment_size`; a last run has at least one.
size_t segment_run_count(const segment_run *run, size_t size, size_t segment_size);
// `out` has room for in.size + TAG_SIZE for each segment, and does not overlap `in`.
bool segments_seal(const segment_run *run, span in, uint8_t *out);
// `out` has room for the plaintext, and does not overlap `sealed`. When any segment is not authentic all of `out` is
// zeroed.
bool segments_open(const segment_run *run, span sealed, uint8_t *out);

#endif
