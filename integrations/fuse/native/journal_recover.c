#include "content.h"
#include "integrity.h"
#include "store.h"
#include <dirent.h>
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// Entries that are looked at for a file that was renamed while it was written: a mount must not wait for ever.
#define SEARCH_MAX 200000

struct begun {
  struct journal_record raw;
  struct change change;
  char path[JOURNAL_PATH_MAX + 1];
  uint64_t inode;
};

static bool is_authentic(const struct journal_record *raw) {
  uint8_t mac[32];
  return memcmp(raw->magic, "HUFU-JN\1", 8) == 0 && journal_mac(raw, mac) == 0 && CRYPTO_memcmp(mac, raw->mac, sizeof mac) == 0;
}

static bool read_record(int fd, uint64_t at, struct begun *record) {
  struct journal_record *raw = &record->raw;
  size_t got;
  if (store_read(fd, (uint8_t *)raw, sizeof *raw, at, &got) || got < sizeof *raw) return false;
  if (be32toh(raw->kind) == JOURNAL_NONE || !is_authentic(raw)) return false;
  struct change *change = &record->change;
  *change = (struct change){be32toh(raw->kind), be64toh(raw->offset), be64toh(raw->length), be64toh(raw->final_size), 0};
  if (change->kind == JOURNAL_PUNCH) change->version = change->final_size, change->final_size = JOURNAL_KEEP_SIZE;
  if (change->kind == JOURNAL_RESIZE) change->version = change->length, change->length = 0;
  record->inode = be64toh(raw->inode);
  memcpy(record->path, raw->path, be32toh(raw->path_size));
  record->path[be32toh(raw->path_size)] = 0;
  return change->kind == JOURNAL_PUNCH || change->length <= journal_data_size();
}

static bool is_file_of(int fd, const struct begun *record) {
  uint8_t header[FILE_HEADER_SIZE];
  size_t got;
  return store_read(fd, header, sizeof header, 0, &got) == 0 && got == sizeof header &&
         memcmp(header + FILE_HEADER_SIZE - FILE_ID_SIZE, record->raw.file_id, FILE_ID_SIZE) == 0;
}

static int open_entry(int directory, const char *name, const struct begun *record) {
  int fd = openat(directory, name, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (fd >= 0 && is_file_of(fd, record)) return fd;
  if (fd >= 0) close(fd);
  return -1;
}

// Component by component, so that a link leads nowhere.
static int open_by_path(int root_fd, struct begun *record) {
  int directory = dup(root_fd);
  char *name = record->path, *end;
  for (; directory >= 0 && (end = strchr(name, '/')); name = end + 1) {
    *end = 0;
    int next = openat(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    close(directory);
    directory = next;
  }
  int fd = directory >= 0 && *name ? open_entry(directory, name, record) : -1;
  if (directory >= 0) close(directory);
  return fd;
}

static int search(int directory, const struct begun *record, unsigned *left) {
  int found = -1;
  DIR *stream = directory < 0 ? NULL : fdopendir(directory);
  if (!stream) return -1;
  for (struct dirent *entry; found < 0 && *left > 0 && (entry = readdir(stream)); --*left) {
    if (entry->d_ino == record->inode) found = open_entry(dirfd(stream), entry->d_name, record);
    bool below = entry->d_type == DT_DIR && strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    if (below) found = search(openat(dirfd(stream), entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), record, left);
  }
  closedir(stream);
  return found;
}

// What is written is authentic at that place in that file, or nothing is.
static bool opens(const struct begun *record, const uint8_t *bytes) {
  static uint8_t plain[BLOCK_SIZE_MAX];
  struct file_key key = {.lock = PTHREAD_MUTEX_INITIALIZER};
  const struct change *change = &record->change;
  uint64_t from = change->offset - FILE_HEADER_SIZE;
  if (change->offset < FILE_HEADER_SIZE || from % SEALED_BLOCK != 0 || file_key_derive(record->raw.file_id, &key)) return false;
  bool ok = true;
  for (uint64_t at = 0; ok && at < change->length; at += SEALED_BLOCK) {
    size_t size = change->length - at < SEALED_BLOCK ? change->length - at : SEALED_BLOCK;
    ok = block_open(&key, (from + at) / SEALED_BLOCK, bytes + at, size, plain) == 0;
  }
  file_key_wipe(&key);
  return ok;
}

static uint64_t last_version(const struct begun *record, const uint8_t *bytes) {
  const struct change *change = &record->change;
  uint64_t version;
  if (change->kind != JOURNAL_WRITE || change->length == 0) return change->version;
  memcpy(&version, bytes + (change->length - 1) / SEALED_BLOCK * SEALED_BLOCK + SESSION_SIZE, sizeof version);
  return be64toh(version);
}

static int note_finished(struct versions *versions, int fd, const struct change *change, const uint8_t *bytes) {
  struct stat st;
  if (fstat(fd, &st)) return -errno;
  return integrity_note(versions, change, bytes, layout_plain_size((uint64_t)st.st_size, volume.block_size));
}

static int finish(int root_fd, int journal, uint64_t at, struct begun *record) {
  unsigned left = SEARCH_MAX;
  size_t got = 0;
  uint8_t *bytes = malloc(journal_data_size());
  int fd = open_by_path(root_fd, record);
  if (fd < 0) fd = search(openat(root_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), record, &left);
  if (fd < 0 && left == 0) log_line("a file that was written when the server was killed was not found: hufu volume check");
  bool whole = bytes && fd >= 0;
  if (whole && record->change.kind == JOURNAL_WRITE)
    whole = store_read(journal, bytes, record->change.length, at + JOURNAL_RECORD_SIZE, &got) == 0 && got == record->change.length && opens(record, bytes);
  struct versions *versions = integrity_file(record->raw.file_id);
  whole = whole && integrity_may_finish(versions, last_version(record, bytes));
  int failed = whole ? store_apply(fd, bytes, &record->change) : 0;
  if (whole && !failed) failed = note_finished(versions, fd, &record->change, bytes);
  if (whole && !failed && fsync(fd)) failed = -errno;
  if (fd >= 0) close(fd);
  free(bytes);
  return failed ? failed : whole;
}

static int finish_all(int root_fd, int journal) {
  const uint64_t step = JOURNAL_RECORD_SIZE + journal_data_size();
  struct begun record;
  int finished = 0;
  for (uint64_t i = 0; i < JOURNAL_SLOTS_MAX; i++) {
    if (!read_record(journal, i * step, &record)) continue;
    int done = finish(root_fd, journal, i * step, &record);
    if (done < 0) return done;
    finished += done;
  }
  return finished;
}

int journal_recover(int root_fd) {
  struct stat st;
  int journal = openat(root_fd, JOURNAL_FILE, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (journal < 0 && errno == ENOENT) return 0;
  int finished = journal < 0 || fstat(journal, &st) || !S_ISREG(st.st_mode) ? 0 : finish_all(root_fd, journal);
  if (journal >= 0) close(journal);
  if (finished > 0) log_line("finished %d changes that a killed server had begun", finished);
  if (finished >= 0 && unlinkat(root_fd, JOURNAL_FILE, 0)) return -errno;
  return finished;
}
