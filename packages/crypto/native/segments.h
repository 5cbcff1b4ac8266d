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
  span head;           // the first segment, whole, where it is not at the beginning of `in`; otherwise no bytes
} segment_run;

// How many segments the run has with `size` bytes beside its head, where each holds `segment_size`; a last run has at
// least one beside it.
size_t segment_run_count(const segment_run *run, size_t size, size_t segment_size);
// A sequence cut within a tag ends in a piece too short for one: its plaintext would be shorter than the segments before it.
bool segments_end_in_a_tag(const segment_run *run, span sealed);
// `out` has room for the head, in.size, and TAG_SIZE for each segment, and overlaps neither.
bool segments_seal(const segment_run *run, span in, uint8_t *out);
// `out` has room for the plaintext, and overlaps neither the head nor `sealed`. When any segment is not authentic all of `out` is
// zeroed.
bool segments_open(const segment_run *run, span sealed, uint8_t *out);

#endif
