// The version that each block of one file must have: docs/formats/volume-integrity.md.
#pragma once
#include "volume.h"

#define VERSION_HOLE 0 // a hole, or nothing
#define VERSION_LAX 1  // whatever is there: it is not known what a power failure has left
#define VERSION_EPOCH_SHIFT 40
#define PAGE_BLOCKS 512
#define BLOCKS_MAX (UINT64_C(1) << 32) // of one file, whose versions are all in memory

struct version_page {
  uint64_t *each;  // of its first `room` blocks; or null:
  uint64_t base;   // consecutive ones from this on, or VERSION_LAX for all; VERSION_HOLE: all are holes
  uint32_t room;
};

struct versions {
  uint8_t id[FILE_ID_SIZE];
  uint64_t size;    // plaintext bytes
  uint64_t changed; // the version of the last change
  size_t synced_at; // while the log is read: the record by which it is durable
  bool lax;         // blocks or the size are not known
  bool named;       // while the log is read
  size_t pages;
  struct version_page *page;
};

uint64_t versions_at(const struct versions *versions, uint64_t number);
// Consecutive versions from `version` on; VERSION_HOLE and VERSION_LAX are the same for all. 0, -ENOMEM or -EFBIG.
int versions_set(struct versions *versions, uint64_t first, uint64_t count, uint64_t version);
// Blocks from `end` on are forgotten.
void versions_cut(struct versions *versions, uint64_t end);
// The next run of versions that are told as one, from `*at` on: how many blocks, 0 at the end.
uint64_t versions_run(const struct versions *versions, uint64_t *at, uint64_t *version);
void versions_free(struct versions *versions);
