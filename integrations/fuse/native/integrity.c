#include "integrity_guard.h"
#include "integrity_log.h"
#include "integrity_state.h"
#include "log.h"
#include "node.h"
#include <errno.h>
#include <string.h>

pthread_mutex_t integrity_lock = PTHREAD_MUTEX_INITIALIZER;
bool integrity_noting;
static int root = -1;
static _Atomic unsigned threads;
static _Thread_local unsigned thread; // from 1 on

int integrity_note_record(struct record *record) {
  if (thread == 0) thread = atomic_fetch_add(&threads, 1) + 1;
  record->thread = (uint8_t)(thread % 64);
  int failed = integrity_noting ? log_append(record) : 0;
  return failed ? failed : state_apply(record, false);
}

int integrity_open(int root_fd, bool read_only, uint64_t least) {
  if (!volume.integrity) return 0;
  root = root_fd;
  int failed = log_load(root_fd, !read_only);
  if (failed == -ENOENT || (!failed && log_sequence() < least)) failed = -EILSEQ;
  if (failed || read_only) return failed;
  integrity_noting = true;
  if (integrity_state.clean) state_sweep();
  return log_has_grown() ? log_rewrite(root_fd) : 0;
}

int64_t integrity_begin(void) {
  if (!volume.integrity || !integrity_noting) return 0;
  int failed = log_begin_epoch();
  return failed ? failed : (int64_t)integrity_state.epoch;
}

void integrity_close(void) {
  if (!volume.integrity) return;
  if (integrity_noting) log_end_epoch();
  integrity_noting = false;
  log_close();
}

int integrity_refresh(int root_fd) {
  if (!volume.integrity) return 0;
  pthread_mutex_lock(&integrity_lock);
  int failed = log_refresh(root_fd);
  pthread_mutex_unlock(&integrity_lock);
  return failed;
}

uint64_t integrity_sequence(void) { return log_sequence(); }

void integrity_tidy(void) {
  if (!integrity_noting || !log_has_grown()) return;
  pthread_rwlock_wrlock(&tree_lock); // so that no change of names is between its note and itself
  pthread_mutex_lock(&integrity_lock);
  int failed = log_has_grown() ? log_rewrite(root) : 0;
  pthread_mutex_unlock(&integrity_lock);
  pthread_rwlock_unlock(&tree_lock);
  if (failed) log_line("the integrity records could not be written anew: %s", strerror(-failed));
}

bool integrity_is_root(const uint8_t id[DIR_ID_SIZE]) { return !volume.integrity || memcmp(integrity_state.root, id, DIR_ID_SIZE) == 0; }

int integrity_sync(const uint8_t id[16], bool directory) {
  struct record record = {.kind = RECORD_SYNC, .count = directory};
  if (!integrity_noting) return 0;
  memcpy(record.id, id, sizeof record.id);
  pthread_mutex_lock(&integrity_lock);
  int failed = log_append(&record);
  pthread_mutex_unlock(&integrity_lock);
  return failed ? failed : log_sync();
}

int integrity_accept_begin(int root_fd, const uint8_t id[DIR_ID_SIZE]) {
  int failed = log_load(root_fd, true); // its epochs go on, as far as they can be read
  uint64_t epoch = failed ? 0 : integrity_state.epoch;
  state_clear();
  integrity_state.epoch = epoch;
  memcpy(integrity_state.root, id, DIR_ID_SIZE);
  return 0;
}

int integrity_accept_end(int root_fd) {
  int failed = log_rewrite(root_fd);
  if (!failed) log_end_epoch();
  return failed;
}
