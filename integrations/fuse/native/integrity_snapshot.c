#include "integrity_snapshot.h"
#include "integrity_log.h"
#include "integrity_state.h"
#include <endian.h>
#include <string.h>

static int write_begin(void) {
  struct record record = {.kind = RECORD_BEGIN};
  memcpy(record.id, integrity_state.root, DIR_ID_SIZE);
  return log_append(&record);
}

static int write_entries(void) {
  struct entry *entry;
  int failed = 0;
  for (size_t at = 0; !failed && (entry = table_next(&integrity_state.entries, &at));) {
    struct record record = {.kind = RECORD_LINK};
    memcpy(record.id, entry->directory->id, DIR_ID_SIZE);
    memcpy(record.name, entry->name, sizeof record.name);
    memcpy(record.object, entry->object, OBJECT_SIZE);
    failed = log_append(&record);
  }
  return failed;
}

static int write_file(const struct versions *file) {
  struct record record = {.kind = RECORD_WRITE, .file = {htobe64(file->size), htobe64(file->changed)}};
  uint64_t at = 0, count, version;
  memcpy(record.id, file->id, FILE_ID_SIZE);
  int failed = log_append(&record); // of no block: the size, also where there are none
  for (; !failed && (count = versions_run(file, &at, &version)) > 0; at += count) {
    record.count = htobe32((uint32_t)count);
    record.run.first = htobe64(at);
    record.run.version = htobe64(version);
    failed = log_append(&record);
  }
  return failed;
}

int snapshot_write(void) {
  struct record epoch = {.kind = RECORD_EPOCH, .file.size = htobe64(integrity_state.epoch)};
  const struct named_pointer *pointer;
  memcpy(epoch.id, integrity_state.boot, sizeof epoch.id);
  int failed = write_begin();
  if (!failed) failed = write_entries();
  for (size_t at = 0; !failed && (pointer = table_next(&integrity_state.files, &at));) failed = write_file(pointer->to);
  if (!failed) failed = log_append(&epoch);
  return failed ? failed : log_sync();
}
