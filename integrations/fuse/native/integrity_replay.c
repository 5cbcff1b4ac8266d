#include "integrity_replay.h"
#include "boot.h"
#include "integrity_state.h"
#include "log.h"
#include <errno.h>
#include <string.h>

#define THREADS 64

static bool is_name(uint8_t kind) { return kind >= RECORD_LINK && kind <= RECORD_EXCHANGE; }

// What is durable, by the records that say so since the last beginning.
static int note_syncs(const struct record *records, size_t from, size_t count) {
  for (size_t i = from; i < count; i++) {
    if (records[i].kind != RECORD_SYNC) continue;
    struct versions *file = records[i].count ? NULL : state_file(records[i].id);
    struct counted *directory = records[i].count ? state_directory(records[i].id) : NULL;
    if (!file && !directory) return -ENOMEM;
    if (file) file->synced_at = i;
    else directory->synced_at = i;
  }
  return 0;
}

static bool is_durable(const struct record *record, size_t i) {
  if (is_name(record->kind)) {
    const struct named_pointer *pointer = table_find(&integrity_state.directories, record->id);
    return pointer && i < ((const struct counted *)pointer->to)->synced_at;
  }
  const struct versions *file = state_file(record->id);
  return file && i < file->synced_at;
}

// The last change of names of each thread may have been under way when its server was killed.
static int loosen_last(const struct record *records, size_t from, size_t count) {
  bool seen[THREADS] = {false};
  int failed = 0;
  for (size_t i = count; i > from && !failed; i--) {
    if (!is_name(records[i - 1].kind) || seen[records[i - 1].thread % THREADS]) continue;
    seen[records[i - 1].thread % THREADS] = true;
    failed = state_loosen(&records[i - 1]);
  }
  return failed;
}

int replay(const struct record *records, size_t count) {
  size_t last_epoch = count;
  uint8_t boot[16];
  boot_id(boot);
  while (last_epoch > 0 && records[last_epoch - 1].kind != RECORD_EPOCH) last_epoch--;
  integrity_state.clean = count == 0 || last_epoch == 0 || records[count - 1].kind == RECORD_CLEAN;
  bool lost = !integrity_state.clean && memcmp(records[last_epoch - 1].id, boot, 16) != 0;
  int failed = lost ? note_syncs(records, last_epoch, count) : 0;
  for (size_t i = 0; i < count && !failed; i++) failed = state_apply(&records[i], lost && i >= last_epoch && !is_durable(&records[i], i));
  if (lost) log_line("the machine ended while the volume was mounted: what was written last and not synced is taken as it is");
  state_forget_syncs();
  return failed || integrity_state.clean || lost ? failed : loosen_last(records, last_epoch, count);
}
