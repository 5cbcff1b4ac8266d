// What the integrity records tell: which entries there are, and the versions of every file's blocks.
#pragma once
#include "integrity_record.h"

struct entry {
  uint8_t name[16];
  uint8_t object[OBJECT_SIZE];
  struct counted *directory;
};

struct counted {
  uint8_t id[DIR_ID_SIZE];
  uint64_t entries;  // that are known, the lax ones not
  uint64_t held;     // with the lax ones; forgotten where there is none
  uint64_t changes;  // the number of its last change of entries
  size_t synced_at;  // while the log is read
};

struct named_pointer {
  uint8_t id[16];
  void *to; // struct versions or struct counted
};

struct state {
  struct table entries, files, directories;
  uint8_t root[DIR_ID_SIZE];
  uint64_t epoch;
  uint8_t boot[16];
  bool clean; // the last record tells of an end
};

extern struct state integrity_state;
extern const uint8_t object_lax[OBJECT_SIZE];

void state_clear(void);
// Made when it is new; null when memory is short.
struct versions *state_file(const uint8_t id[FILE_ID_SIZE]);
struct counted *state_directory(const uint8_t id[DIR_ID_SIZE]);
void state_forget_file(const uint8_t id[FILE_ID_SIZE]);
// The log was read: it no longer counts which directories it told to be durable.
void state_forget_syncs(void);
// Does to the state what the record tells. `lax`: as something that may or may not have happened. 0 or a negative errno.
int state_apply(const struct record *record, bool lax);
// The names that the record is about may be there or not.
int state_loosen(const struct record *record);
// Files that no name leads to are forgotten.
void state_sweep(void);
