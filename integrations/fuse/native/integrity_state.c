#include "integrity_state.h"
#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct state integrity_state = {.entries.item = sizeof(struct entry), .files.item = sizeof(struct named_pointer), .directories.item = sizeof(struct named_pointer)};
const uint8_t object_lax[OBJECT_SIZE] = {[0 ... OBJECT_SIZE - 1] = 0xff};

void state_clear(void) {
  struct state *state = &integrity_state;
  struct named_pointer *pointer;
  for (size_t at = 0; (pointer = table_next(&state->files, &at));) versions_free(pointer->to);
  for (size_t at = 0; (pointer = table_next(&state->directories, &at));) free(pointer->to);
  table_clear(&state->entries);
  table_clear(&state->files);
  table_clear(&state->directories);
  state->epoch = 0;
  state->clean = false;
}

// Both kinds of what a table points to begin with their id.
static void *pointed(struct table *table, const uint8_t id[16], size_t size) {
  struct named_pointer *pointer = table_find(table, id);
  if (pointer) return pointer->to;
  uint8_t *made = calloc(1, size);
  if (!made || !(pointer = table_put(table, id))) {
    free(made);
    return NULL;
  }
  memcpy(made, id, 16);
  return pointer->to = made;
}

struct versions *state_file(const uint8_t id[FILE_ID_SIZE]) { return pointed(&integrity_state.files, id, sizeof(struct versions)); }
struct counted *state_directory(const uint8_t id[DIR_ID_SIZE]) { return pointed(&integrity_state.directories, id, sizeof(struct counted)); }

void state_forget_file(const uint8_t id[FILE_ID_SIZE]) {
  struct named_pointer *pointer = table_find(&integrity_state.files, id);
  if (!pointer) return;
  versions_free(pointer->to);
  table_remove(&integrity_state.files, id);
}

static bool is_lax(const uint8_t *object) { return memcmp(object, object_lax, OBJECT_SIZE) == 0; }

static uint64_t changes; // of entries, however often all was read anew

static void forget_empty(struct counted *directory) {
  if (directory->held > 0 || directory->synced_at > 0) return;
  table_remove(&integrity_state.directories, directory->id);
  free(directory);
}

void state_forget_syncs(void) {
  struct named_pointer *pointer;
  for (size_t at = 0; (pointer = table_next(&integrity_state.directories, &at));) {
    struct counted *directory = pointer->to;
    directory->synced_at = 0;
    if (directory->held == 0) at--; // another may move up
    forget_empty(directory);
  }
}

static int set_entry(const uint8_t id[DIR_ID_SIZE], const uint8_t name[16], const uint8_t object[OBJECT_SIZE]) {
  struct counted *directory = state_directory(id);
  struct entry *entry = directory ? table_put(&integrity_state.entries, name) : NULL;
  if (!entry) return -ENOMEM;
  if (!entry->directory) directory->held++;
  else if (!is_lax(entry->object)) directory->entries--;
  memcpy(entry->object, object, OBJECT_SIZE);
  entry->directory = directory; // the same as before: its id is in the name
  if (!is_lax(object)) directory->entries++;
  directory->changes = ++changes;
  return 0;
}

static void remove_entry(const uint8_t name[16]) {
  struct entry *entry = table_find(&integrity_state.entries, name);
  if (!entry) return;
  struct counted *directory = entry->directory;
  if (!is_lax(entry->object)) directory->entries--;
  directory->held--;
  directory->changes = ++changes;
  table_remove(&integrity_state.entries, name);
  forget_empty(directory);
}

static int move_entry(const struct record *record, bool exchange) {
  const struct entry *from = table_find(&integrity_state.entries, record->name), *to = table_find(&integrity_state.entries, record->name2);
  uint8_t object[OBJECT_SIZE], other[OBJECT_SIZE];
  if (!from || (exchange && !to) || memcmp(record->name, record->name2, 16) == 0) return 0;
  memcpy(object, from->object, OBJECT_SIZE);
  if (exchange) memcpy(other, to->object, OBJECT_SIZE);
  int failed = set_entry(record->id2, record->name2, object);
  if (exchange) return failed ? failed : set_entry(record->id, record->name, other);
  remove_entry(record->name);
  return failed;
}

static int apply_content(const struct record *record, bool lax) {
  struct versions *versions = state_file(record->id);
  if (!versions) return -ENOMEM;
  uint64_t first = be64toh(record->run.first), count = be32toh(record->count), version = be64toh(record->run.version), size = be64toh(record->file.size);
  if (record->kind == RECORD_HOLE) count = version, version = VERSION_HOLE; // a hole is of any length
  const bool cut = record->kind == RECORD_WRITE && count == 0;
  if (lax && cut) { // what it cut may be there or not
    first = size / volume.block_size;
    count = (uint64_t)versions->pages * PAGE_BLOCKS > first ? (uint64_t)versions->pages * PAGE_BLOCKS - first : 0;
  }
  int failed = versions_set(versions, first, count, lax ? VERSION_LAX : version);
  versions->size = lax ? SIZE_LAX : size;
  versions->changed = be64toh(record->file.changed);
  versions->lax |= lax || version == VERSION_LAX || size == SIZE_LAX;
  if (!lax && size != SIZE_LAX) versions_cut(versions, (size + volume.block_size - 1) / volume.block_size);
  return failed;
}

int state_loosen(const struct record *record) {
  int failed = set_entry(record->id, record->name, object_lax);
  bool two = record->kind == RECORD_RENAME || record->kind == RECORD_EXCHANGE;
  return failed || !two ? failed : set_entry(record->id2, record->name2, object_lax);
}

int state_apply(const struct record *record, bool lax) {
  switch (record->kind) {
    case RECORD_BEGIN: memcpy(integrity_state.root, record->id, DIR_ID_SIZE); return 0;
    case RECORD_EPOCH: integrity_state.epoch = be64toh(record->file.size); memcpy(integrity_state.boot, record->id, 16); return 0;
    case RECORD_WRITE: case RECORD_HOLE: return apply_content(record, lax);
    case RECORD_LINK: return lax ? state_loosen(record) : set_entry(record->id, record->name, record->object);
    case RECORD_UNLINK: if (lax) return state_loosen(record); remove_entry(record->name); return 0;
    case RECORD_RENAME: case RECORD_EXCHANGE: return lax ? state_loosen(record) : move_entry(record, record->kind == RECORD_EXCHANGE);
    default: return 0;
  }
}

void state_sweep(void) {
  struct state *state = &integrity_state;
  struct named_pointer *pointer;
  bool loose = false;
  for (size_t at = 0; (pointer = table_next(&state->files, &at));) ((struct versions *)pointer->to)->named = false;
  struct entry *entry;
  for (size_t at = 0; (entry = table_next(&state->entries, &at));) {
    loose |= is_lax(entry->object);
    if ((pointer = table_find(&state->files, entry->object))) ((struct versions *)pointer->to)->named = true;
  }
  for (size_t at = 0; !loose && (pointer = table_next(&state->files, &at));)
    if (!((struct versions *)pointer->to)->named) {
      state_forget_file(pointer->id);
      at--; // another may have moved up
    }
}
