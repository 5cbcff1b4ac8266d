// Verifies one backing file, of a volume that need not be mounted here: its header, every block, its attributes.
#pragma once
#include "volume.h"

#define VERIFY_BAD_MAX 1000

struct verdict {
  int error;            // a negative errno: it could not be read
  bool header;          // whether its header is one
  uint8_t id[FILE_ID_SIZE]; // where its header is one
  uint64_t size, blocks, bad_count;
  uint64_t bad[VERIFY_BAD_MAX]; // the numbers of the first bad blocks
  uint64_t old_count, first_old; // authentic blocks that are not the last that were written, as integrity knows them
  bool known_size;
  uint64_t attributes, bad_attributes;
};

// The directory is open. What a mount may be writing is looked at again, for seconds, before it is called wrong; `alone`: the caller
// has the lock, and none can.
void verify_begin(bool alone);
// Whether a mount for writing serves it, or did since it was begun.
bool verify_is_served(void);
// Only the attributes of what stands there: `attributes` and `bad_attributes`.
void verify_attributes(const char *path, struct verdict *verdict);
// `punch`: what is bad, or old, becomes a hole, which is what --repair asks for.
void verify_file(const char *path, bool punch, struct verdict *verdict);
