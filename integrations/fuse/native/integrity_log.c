#include "integrity_log.h"
#include "integrity_state.h"
#include "log.h"
#include "store.h"
#include "suite.h"
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#define ROOM (1u << 20)
#define ROOM_LEAST (1u << 18)
#define GROWN_LEAST (UINT64_C(64) << 20)
#define THREADS 64

static int fd = -1;
static uint64_t size, room, rewrite_at, sequence; // bytes of whole records, and up to where the store has given room
static uint8_t chain[RECORD_MAC];
static ino_t inode;

static int mac_of(const uint8_t before[RECORD_MAC], const struct record *record, uint8_t mac[RECORD_MAC]) {
  uint8_t text[RECORD_MAC + RECORD_TEXT], whole[32];
  unsigned length = sizeof whole;
  memcpy(text, before, RECORD_MAC);
  memcpy(text + RECORD_MAC, record, RECORD_TEXT);
  pthread_rwlock_rdlock(&volume.keys_lock);
  bool present = volume.keys.present;
  bool ok = present && HMAC(suite_hash(), volume.keys.integrity, sizeof volume.keys.integrity, text, sizeof text, whole, &length);
  pthread_rwlock_unlock(&volume.keys_lock);
  memcpy(mac, whole, RECORD_MAC);
  return ok ? 0 : present ? -EIO : -EACCES;
}

// How many of the records are authentic, one behind the other. `chain` and `sequence` become those of the last one.
static size_t count_authentic(const struct record *records, size_t count) {
  uint8_t mac[RECORD_MAC];
  size_t i = 0;
  for (; i < count && mac_of(chain, &records[i], mac) == 0 && CRYPTO_memcmp(mac, records[i].mac, RECORD_MAC) == 0; i++) {
    memcpy(chain, mac, RECORD_MAC);
    sequence = be64toh(records[i].sequence);
  }
  return i;
}

void log_boot(uint8_t boot[16]) {
  char text[40] = "";
  int file = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
  ssize_t length = file < 0 ? 0 : read(file, text, sizeof text - 1);
  if (file >= 0) close(file);
  memset(boot, 0, 16);
  for (ssize_t i = 0, digit = 0; i < length && digit < 32; i++) {
    unsigned value;
    if (text[i] == '-' || sscanf((char[]){text[i], 0}, "%x", &value) != 1) continue;
    boot[digit / 2] |= (uint8_t)(value << (digit % 2 ? 0 : 4));
    digit++;
  }
}

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
    const struct counted *directory = state_directory(record->id);
    return directory && i < directory->synced_at;
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

static int apply_all(const struct record *records, size_t count) {
  size_t last_epoch = count;
  uint8_t boot[16];
  log_boot(boot);
  while (last_epoch > 0 && records[last_epoch - 1].kind != RECORD_EPOCH) last_epoch--;
  integrity_state.clean = count == 0 || last_epoch == 0 || records[count - 1].kind == RECORD_CLEAN;
  bool lost = !integrity_state.clean && memcmp(records[last_epoch - 1].id, boot, 16) != 0;
  int failed = lost ? note_syncs(records, last_epoch, count) : 0;
  for (size_t i = 0; i < count && !failed; i++) failed = state_apply(&records[i], lost && i >= last_epoch && !is_durable(&records[i], i));
  if (lost) log_line("the machine ended while the volume was mounted: what was written last and not synced is taken as it is");
  return failed || integrity_state.clean || lost ? failed : loosen_last(records, last_epoch, count);
}

static int read_records(uint64_t from, struct record **records, size_t *count) {
  struct stat st;
  size_t got = 0;
  *records = NULL;
  *count = 0;
  if (fstat(fd, &st)) return -errno;
  if ((uint64_t)st.st_size < from + RECORD_SIZE) return 0;
  size_t wanted = (size_t)((uint64_t)st.st_size - from) / RECORD_SIZE * RECORD_SIZE;
  if (!(*records = malloc(wanted))) return -ENOMEM;
  int failed = store_read(fd, (uint8_t *)*records, wanted, from, &got);
  *count = got / RECORD_SIZE;
  return failed;
}

static int open_log(int root_fd, bool for_writing) {
  struct stat st;
  fd = openat(root_fd, INTEGRITY_FILE, (for_writing ? O_RDWR : O_RDONLY) | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0 || fstat(fd, &st)) return -errno;
  inode = st.st_ino;
  return S_ISREG(st.st_mode) ? 0 : -EILSEQ;
}

int log_load(int root_fd, bool for_writing) {
  struct record *records = NULL;
  size_t count = 0;
  log_close();
  sequence = 0;
  int failed = open_log(root_fd, for_writing);
  if (!failed) failed = read_records(0, &records, &count);
  if (!failed && (count = count_authentic(records, count)) == 0) failed = -EILSEQ;
  if (!failed && records[0].kind != RECORD_BEGIN) failed = -EILSEQ;
  if (!failed) failed = apply_all(records, count);
  free(records);
  size = room = count * RECORD_SIZE;
  rewrite_at = size * 2 + GROWN_LEAST;
  return failed;
}

int log_refresh(int root_fd) {
  struct record *records;
  struct stat st;
  size_t count;
  if (fstatat(root_fd, INTEGRITY_FILE, &st, AT_SYMLINK_NOFOLLOW)) return -errno;
  if (st.st_ino != inode) return log_load(root_fd, false);
  int failed = read_records(size, &records, &count);
  if (!failed) count = count_authentic(records, count);
  for (size_t i = 0; i < count && !failed; i++) failed = state_apply(&records[i], false);
  free(records);
  size += count * RECORD_SIZE;
  return failed;
}

void log_close(void) {
  if (fd >= 0) close(fd);
  fd = -1;
  size = room = 0;
  memset(chain, 0, sizeof chain);
  state_clear();
}

int log_take_room(void) {
  if (room >= size + ROOM) return 0;
  if (fallocate(fd, FALLOC_FL_KEEP_SIZE, (off_t)size, 2 * ROOM) == 0) room = size + 2 * ROOM;
  else if (errno == EOPNOTSUPP) return 0;
  return room >= size + ROOM_LEAST ? 0 : -ENOSPC;
}

int log_append(struct record *record) {
  uint8_t mac[RECORD_MAC];
  record->sequence = htobe64(sequence + 1);
  int failed = mac_of(chain, record, mac);
  if (failed) return failed;
  memcpy(record->mac, mac, RECORD_MAC);
  failed = store_write(fd, (const uint8_t *)record, sizeof *record, size);
  if (failed) return failed;
  memcpy(chain, mac, RECORD_MAC);
  sequence++;
  size += sizeof *record;
  return 0;
}

int log_sync(void) { return fdatasync(fd) ? -errno : 0; }
uint64_t log_sequence(void) { return sequence; }
bool log_has_grown(void) { return size > rewrite_at; }

int log_begin_epoch(void) {
  struct record record = {.kind = RECORD_EPOCH, .file.size = htobe64(integrity_state.epoch + 1)};
  log_boot(record.id);
  int failed = log_take_room();
  if (!failed) failed = log_append(&record);
  if (!failed) failed = log_sync();
  return failed ? failed : state_apply(&record, false);
}

void log_end_epoch(void) {
  struct record record = {.kind = RECORD_CLEAN};
  syncfs(fd);
  if (log_append(&record)) return;
  if (ftruncate(fd, (off_t)size) == 0) log_sync(); // gives the room back that was taken ahead
}

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

static int write_state(void) {
  struct record epoch = {.kind = RECORD_EPOCH, .file.size = htobe64(integrity_state.epoch)};
  const struct named_pointer *pointer;
  memcpy(epoch.id, integrity_state.boot, sizeof epoch.id);
  int failed = write_begin();
  if (!failed) failed = write_entries();
  for (size_t at = 0; !failed && (pointer = table_next(&integrity_state.files, &at));) failed = write_file(pointer->to);
  if (!failed) failed = log_append(&epoch);
  return failed ? failed : log_sync();
}

int log_rewrite(int root_fd) {
  struct { int fd; uint64_t size, room; uint8_t chain[RECORD_MAC]; } old = {fd, size, room, {0}};
  uint64_t random, first = sequence;
  char name[64];
  memcpy(old.chain, chain, sizeof chain);
  if (getrandom(&random, sizeof random, 0) != sizeof random || syncfs(root_fd)) return -EIO;
  snprintf(name, sizeof name, "hufu.new.%016llx", (unsigned long long)random);
  if ((fd = openat(root_fd, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600)) < 0) return fd = old.fd, -errno;
  size = room = 0;
  memset(chain, 0, sizeof chain);
  struct stat st;
  int failed = write_state();
  if (!failed && (fstat(fd, &st) || renameat(root_fd, name, root_fd, INTEGRITY_FILE) || fsync(root_fd))) failed = -errno;
  if (failed) {
    close(fd);
    unlinkat(root_fd, name, 0);
    fd = old.fd, size = old.size, room = old.room, sequence = first;
    memcpy(chain, old.chain, sizeof chain);
    rewrite_at = size * 2 + GROWN_LEAST; // not again at once
    return failed;
  }
  if (old.fd >= 0) close(old.fd);
  inode = st.st_ino;
  rewrite_at = size * 2 + GROWN_LEAST;
  return 0;
}
