#include "integrity_log.h"
#include "boot.h"
#include "integrity_chain.h"
#include "integrity_replay.h"
#include "integrity_snapshot.h"
#include "integrity_state.h"
#include "log.h"
#include "store.h"
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ROOM (1u << 20)
#define ROOM_LEAST (1u << 18)
#define GROWN_LEAST (UINT64_C(64) << 20)
#define ANOTHER "hufu.new.integrity" // in the making

// What is read and appended to: the log, or another in the making.
static struct {
  int fd;
  ino_t inode;
  uint64_t size, room; // bytes of whole records, and up to where the store has given room
  struct chain chain;
} now = {.fd = -1};
static uint64_t rewrite_at;

// It is written anew when it is twice as long as it was and so many bytes: HUFU_INTEGRITY_LOG_BYTES, for tests and small machines.
static void plan_rewrite(void) {
  const char *told = getenv("HUFU_INTEGRITY_LOG_BYTES");
  uint64_t least = told ? strtoull(told, NULL, 10) : 0;
  rewrite_at = now.size * 2 + (least > 0 ? least : GROWN_LEAST);
}

static int read_records(uint64_t from, struct record **records, size_t *count) {
  struct stat st;
  size_t got = 0;
  *records = NULL;
  *count = 0;
  if (fstat(now.fd, &st)) return -errno;
  if ((uint64_t)st.st_size < from + RECORD_SIZE) return 0;
  size_t wanted = (size_t)((uint64_t)st.st_size - from) / RECORD_SIZE * RECORD_SIZE;
  if (!(*records = malloc(wanted))) return -ENOMEM;
  int failed = store_read(now.fd, (uint8_t *)*records, wanted, from, &got);
  *count = got / RECORD_SIZE;
  return failed;
}

static int open_log(int root_fd, bool for_writing) {
  struct stat st;
  now.fd = openat(root_fd, INTEGRITY_FILE, (for_writing ? O_RDWR : O_RDONLY) | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (now.fd < 0 || fstat(now.fd, &st)) return -errno;
  now.inode = st.st_ino;
  return S_ISREG(st.st_mode) ? 0 : -EILSEQ;
}

int log_load(int root_fd, bool for_writing) {
  struct record *records = NULL;
  size_t count = 0;
  log_close();
  now.chain.sequence = 0;
  if (for_writing) unlinkat(root_fd, ANOTHER, 0); // that a killed server had begun
  int failed = open_log(root_fd, for_writing);
  if (!failed) failed = read_records(0, &records, &count);
  if (!failed && (count = chain_authentic(&now.chain, records, count)) == 0) failed = -EILSEQ;
  if (!failed && records[0].kind != RECORD_BEGIN) failed = -EILSEQ;
  if (!failed) failed = replay(records, count);
  free(records);
  now.size = now.room = count * RECORD_SIZE;
  plan_rewrite();
  return failed;
}

int log_refresh(int root_fd) {
  struct record *records;
  struct stat st;
  size_t count;
  if (fstatat(root_fd, INTEGRITY_FILE, &st, AT_SYMLINK_NOFOLLOW)) return -errno;
  if (st.st_ino != now.inode) return log_load(root_fd, false);
  int failed = read_records(now.size, &records, &count);
  if (!failed) count = chain_authentic(&now.chain, records, count);
  for (size_t i = 0; i < count && !failed; i++) failed = state_apply(&records[i], false);
  free(records);
  now.size += count * RECORD_SIZE;
  return failed;
}

void log_close(void) {
  if (now.fd >= 0) close(now.fd);
  now.fd = -1;
  now.size = now.room = 0;
  memset(now.chain.mac, 0, RECORD_MAC); // the number of its last change may still be asked for
  state_clear();
}

// What was kept from the last time is there also where the store is full: so that files can be removed.
static void keep_reserve(void) {
  if (fallocate(now.fd, FALLOC_FL_KEEP_SIZE, (off_t)now.size, ROOM_LEAST) == 0) now.room = now.size + ROOM_LEAST;
}

int log_take_room(void) {
  if (now.room >= now.size + ROOM) return 0;
  if (fallocate(now.fd, FALLOC_FL_KEEP_SIZE, (off_t)now.size, 2 * ROOM) == 0) now.room = now.size + 2 * ROOM;
  else if (errno == EOPNOTSUPP) return 0;
  else if (now.room < now.size + ROOM_LEAST) keep_reserve();
  return now.room >= now.size + ROOM_LEAST ? 0 : -ENOSPC;
}

int log_append(struct record *record) {
  int failed = chain_seal(&now.chain, record);
  if (!failed) failed = store_write(now.fd, (const uint8_t *)record, sizeof *record, now.size);
  if (failed) return failed;
  chain_follow(&now.chain, record);
  now.size += sizeof *record;
  return 0;
}

int log_sync(void) { return fdatasync(now.fd) ? -errno : 0; }
uint64_t log_sequence(void) { return now.chain.sequence; }
bool log_has_grown(void) { return now.size > rewrite_at; }

int log_begin_epoch(void) {
  struct record record = {.kind = RECORD_EPOCH, .file.size = htobe64(integrity_state.epoch + 1)};
  boot_id(record.id);
  int failed = log_take_room();
  if (!failed) failed = log_append(&record);
  if (!failed) failed = log_sync();
  return failed ? failed : state_apply(&record, false);
}

void log_end_epoch(void) {
  struct record record = {.kind = RECORD_CLEAN};
  syncfs(now.fd);
  if (log_append(&record)) return;
  if (ftruncate(now.fd, (off_t)now.size)) return; // gives the room back that was taken ahead
  keep_reserve();
  log_sync();
}

static int begin_another(int root_fd) {
  if (syncfs(root_fd)) return -errno;
  int fd = openat(root_fd, ANOTHER, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return -errno;
  now.fd = fd, now.size = now.room = 0;
  memset(now.chain.mac, 0, RECORD_MAC);
  return 0;
}

static int take_its_place(int root_fd) {
  struct stat st;
  if (fstat(now.fd, &st) || renameat(root_fd, ANOTHER, root_fd, INTEGRITY_FILE)) return -errno;
  now.inode = st.st_ino;
  if (fsync(root_fd)) log_line("the integrity records that were written anew may be lost with the machine: %s", strerror(errno));
  return 0;
}

int log_rewrite(int root_fd) {
  const __typeof__(now) old = now;
  int failed = begin_another(root_fd);
  if (!failed) failed = snapshot_write();
  if (!failed) failed = take_its_place(root_fd);
  if (failed && now.fd != old.fd) {
    close(now.fd);
    unlinkat(root_fd, ANOTHER, 0);
    now = old;
  }
  if (!failed && old.fd >= 0) close(old.fd);
  plan_rewrite(); // also where it failed: not again at once
  return failed;
}
