#include "verify.h"
#include "attributes.h"
#include "content.h"
#include "gcm.h"
#include "integrity.h"
#include "lock.h"
#include "store.h"
#include "xattr_name.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#define BLOCKS_AT_ONCE 16
// A mount may be writing what is read: it is wrong only if it stays so, for 8 seconds; of a file that has something wrong, 30 ms.
#define TRIES 15
#define TRIES_MORE 7
#define FIRST_PAUSE 250 // microseconds; each is twice the one before

static _Atomic enum verify_served { ALONE, PERHAPS, SERVED } served;
static struct timespec begun; // when the root was changed last, as it was found

void verify_begin(bool alone) {
  struct stat st;
  begun = fstat(volume.root_fd, &st) ? (struct timespec){0} : st.st_ctim;
  atomic_store(&served, alone ? ALONE : PERHAPS);
}

// A mount takes the lock, and changes the root when it begins and when it ends.
bool verify_is_served(void) {
  struct stat st;
  if (atomic_load(&served) != PERHAPS) return atomic_load(&served) == SERVED;
  bool changed = fstat(volume.root_fd, &st) == 0 && (st.st_ctim.tv_sec != begun.tv_sec || st.st_ctim.tv_nsec != begun.tv_nsec);
  if (changed || lock_is_taken(volume.root_fd)) atomic_store(&served, SERVED);
  return atomic_load(&served) == SERVED;
}

struct verifying {
  int fd;
  struct file_key key;
  bool punch;
  uint8_t *sealed, *plain;
  struct verdict *verdict;
};

enum outcome { OUTCOME_WHOLE, OUTCOME_OLD, OUTCOME_BAD };

static int tries_of(const struct verdict *verdict) { return !verify_is_served() ? 1 : verdict->bad_count + verdict->old_count > 0 ? TRIES_MORE : TRIES; }

// Before something is looked at for the `i`th time, once more.
static void pause_before(int i) {
  if (i == 0) return;
  usleep(FIRST_PAUSE << i);
  integrity_refresh(volume.root_fd);
}

// It was removed meanwhile, and nothing is known of it any more.
static bool is_gone(int fd) {
  struct stat st;
  return verify_is_served() && fstat(fd, &st) == 0 && st.st_nlink == 0;
}

// Reads it again, and what is known of it, as long as it seems wrong.
static enum outcome look_at(struct verifying *v, uint64_t number, uint8_t *sealed, size_t size) {
  enum outcome outcome = OUTCOME_BAD;
  for (int i = 0; i == 0 || i < tries_of(v->verdict); i++) {
    size_t got;
    pause_before(i);
    if (i > 0 && store_read(v->fd, sealed, size, layout_block_offset(number, volume.block_size), &got)) return OUTCOME_BAD;
    if (i > 0 && got == 0) return OUTCOME_WHOLE; // cut meanwhile
    if (i > 0) size = got;
    outcome = block_open(&v->key, number, sealed, size, v->plain) ? OUTCOME_BAD : OUTCOME_OLD;
    if (outcome == OUTCOME_OLD && integrity_knows_block(v->verdict->id, number, sealed, size)) return OUTCOME_WHOLE;
  }
  return is_gone(v->fd) ? OUTCOME_WHOLE : outcome;
}

// A last block of no plaintext is cut off; any other reads as zeros from now on.
static void punch_out(struct verifying *v, uint64_t number, size_t size) {
  const uint64_t at = layout_block_offset(number, volume.block_size);
  struct change change = {JOURNAL_PUNCH, at, SEALED_BLOCK, JOURNAL_KEEP_SIZE, 0};
  struct stat st;
  int failed = size <= BLOCK_OVERHEAD ? ftruncate(v->fd, (off_t)at) : fallocate(v->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)at, (off_t)size);
  if (!failed) failed = fstat(v->fd, &st);
  v->verdict->error = failed ? -errno : integrity_note(integrity_file(v->verdict->id), &change, NULL, layout_plain_size((uint64_t)st.st_size, volume.block_size));
}

static void verify_block(struct verifying *v, uint64_t number, uint8_t *sealed, size_t size) {
  struct verdict *verdict = v->verdict;
  enum outcome outcome = look_at(v, number, sealed, size);
  verdict->blocks++;
  if (outcome == OUTCOME_WHOLE) return;
  if (outcome == OUTCOME_OLD && verdict->old_count++ == 0) verdict->first_old = number;
  if (outcome == OUTCOME_BAD && verdict->bad_count < VERIFY_BAD_MAX) verdict->bad[verdict->bad_count] = number;
  if (outcome == OUTCOME_BAD) verdict->bad_count++;
  if (v->punch) punch_out(v, number, size);
}

// A hole is no block of the file's: but it may stand where one should. It is passed over where integrity knows nothing.
static uint64_t next_data(const struct verifying *v, uint64_t first) {
  off_t at = (off_t)layout_block_offset(first, volume.block_size), data = volume.integrity ? at : lseek(v->fd, at, SEEK_DATA);
  if (data < 0 && errno == ENXIO) return UINT64_MAX; // nothing but a hole to its end
  return data > at ? first + (uint64_t)(data - at) / SEALED_BLOCK : first;
}

static void verify_blocks(struct verifying *v) {
  v->sealed = malloc(BLOCKS_AT_ONCE * SEALED_BLOCK);
  v->plain = malloc(volume.block_size);
  size_t got = 1;
  if (!v->sealed || !v->plain) v->verdict->error = -ENOMEM;
  for (uint64_t first = 0; !v->verdict->error && got > 0; first += BLOCKS_AT_ONCE) {
    if ((first = next_data(v, first)) == UINT64_MAX) break;
    v->verdict->error = store_read(v->fd, v->sealed, BLOCKS_AT_ONCE * SEALED_BLOCK, layout_block_offset(first, volume.block_size), &got);
    for (size_t from = 0; from < got; from += SEALED_BLOCK)
      verify_block(v, first + from / SEALED_BLOCK, v->sealed + from, got - from < SEALED_BLOCK ? got - from : SEALED_BLOCK);
  }
  free(v->sealed);
  free(v->plain);
}

void verify_attributes(const char *path, struct verdict *verdict) {
  static _Thread_local char names[XATTR_LIST_MAX];
  static _Thread_local uint8_t value[VALUE_MAX];
  char plain[XATTR_NAME_MAX + 1];
  ssize_t total = llistxattr(path, names, sizeof names);
  for (char *name = names; total > 0 && name < names + total; name += strlen(name) + 1) {
    if (!xattr_is_sealed(name)) continue;
    verdict->attributes++;
    ssize_t size = xattr_open_name(name, plain) == 0 ? -EIO : xattr_read_own_value(path, name, value);
    if (size < 0 && size != -ENODATA && size != -ENOENT) verdict->bad_attributes++; // removed meanwhile is not wrong
  }
}

static void verify_size(int fd, struct verdict *verdict) {
  struct stat st;
  for (int i = 0; !verdict->known_size && (i == 0 || i < tries_of(verdict)); i++) {
    pause_before(i);
    if (fstat(fd, &st)) return;
    verdict->known_size = st.st_nlink == 0 || integrity_knows_size(verdict->id, (uint64_t)st.st_size);
  }
}

// A file of a volume with integrity that is being made has no header for a moment.
static void verify_header(int fd, uint8_t header[FILE_HEADER_SIZE], size_t *got, struct verdict *verdict) {
  for (int i = 0; i == 0 || i < tries_of(verdict); i++) {
    pause_before(i);
    verdict->error = store_read(fd, header, FILE_HEADER_SIZE, 0, got);
    if (verdict->error || (*got == 0 && (!volume.integrity || is_gone(fd)))) return;
    verdict->header = *got == FILE_HEADER_SIZE && content_is_header(header);
    if (verdict->header) return;
  }
}

static void verify_content(int fd, bool punch, struct verdict *verdict) {
  uint8_t header[FILE_HEADER_SIZE];
  struct verifying v = {.fd = fd, .key.lock = PTHREAD_MUTEX_INITIALIZER, .punch = punch, .verdict = verdict};
  size_t got;
  verify_header(fd, header, &got, verdict);
  if (verdict->error || got == 0 || !verdict->header) return;
  memcpy(verdict->id, header + FILE_HEADER_SIZE - FILE_ID_SIZE, FILE_ID_SIZE);
  verdict->error = file_key_derive(verdict->id, &v.key);
  if (!verdict->error) verify_blocks(&v);
  file_key_wipe(&v.key);
  verify_size(fd, verdict);
}

void verify_file(const char *path, bool punch, struct verdict *verdict) {
  struct stat st;
  *verdict = (struct verdict){.header = true, .known_size = !volume.integrity};
  int fd = open(path, (punch ? O_RDWR : O_RDONLY) | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0 || fstat(fd, &st)) verdict->error = -errno;
  else {
    verdict->size = layout_plain_size((uint64_t)st.st_size, volume.block_size);
    verify_content(fd, punch, verdict);
  }
  if (fd >= 0) close(fd);
  if (!verdict->error) verify_attributes(path, verdict);
  gcm_wipe_thread();
}
