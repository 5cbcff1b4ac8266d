#include "verify.h"
#include "attributes.h"
#include "content.h"
#include "gcm.h"
#include "store.h"
#include "xattr_name.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

#define BLOCKS_AT_ONCE 16
// A mount may be writing the block that is read: it is bad only if it stays so.
#define TRIES 20

static bool opens(int fd, struct file_key *key, uint64_t number, uint8_t *sealed, size_t size, uint8_t *plain) {
  for (int i = 0; i < TRIES; i++) {
    size_t got;
    if (block_open(key, number, sealed, size, plain) == 0) return true;
    usleep(500);
    if (store_read(fd, sealed, size, layout_block_offset(number, volume.block_size), &got)) return false;
    if (got == 0) return true; // cut meanwhile
    size = got;
  }
  return false;
}

static void note_bad(int fd, uint64_t number, size_t size, bool punch, struct verdict *verdict) {
  if (verdict->bad_count < VERIFY_BAD_MAX) verdict->bad[verdict->bad_count] = number;
  verdict->bad_count++;
  off_t at = (off_t)layout_block_offset(number, volume.block_size);
  if (!punch) return;
  // A last block of no plaintext is cut off; any other reads as zeros from now on.
  int failed = size <= BLOCK_OVERHEAD ? ftruncate(fd, at) : fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, at, (off_t)size);
  if (failed) verdict->error = -errno;
}

static void verify_blocks(int fd, struct file_key *key, bool punch, struct verdict *verdict) {
  uint8_t *sealed = malloc(BLOCKS_AT_ONCE * SEALED_BLOCK), *plain = malloc(volume.block_size);
  size_t got = 1;
  for (uint64_t first = 0; sealed && plain && !verdict->error && got > 0; first += BLOCKS_AT_ONCE) {
    off_t at = (off_t)layout_block_offset(first, volume.block_size), data = lseek(fd, at, SEEK_DATA);
    if (data < 0 && errno == ENXIO) break; // nothing but a hole to its end
    if (data > at) first += ((uint64_t)(data - at) / SEALED_BLOCK);
    verdict->error = store_read(fd, sealed, BLOCKS_AT_ONCE * SEALED_BLOCK, layout_block_offset(first, volume.block_size), &got);
    for (size_t from = 0; from < got; from += SEALED_BLOCK, verdict->blocks++) {
      size_t size = got - from < SEALED_BLOCK ? got - from : SEALED_BLOCK;
      uint64_t number = first + from / SEALED_BLOCK;
      if (!opens(fd, key, number, sealed + from, size, plain)) note_bad(fd, number, size, punch, verdict);
    }
  }
  if (!sealed || !plain) verdict->error = -ENOMEM;
  free(sealed);
  free(plain);
}

static void verify_attributes(const char *path, struct verdict *verdict) {
  static _Thread_local char names[XATTR_LIST_MAX];
  static _Thread_local uint8_t value[VALUE_MAX];
  char plain[XATTR_NAME_MAX + 1];
  ssize_t total = llistxattr(path, names, sizeof names);
  for (char *name = names; total > 0 && name < names + total; name += strlen(name) + 1) {
    if (!xattr_is_sealed(name)) continue;
    verdict->attributes++;
    if (xattr_open_name(name, plain) == 0 || xattr_read_value(path, name, value) < 0) verdict->bad_attributes++;
  }
}

void verify_file(const char *path, bool punch, struct verdict *verdict) {
  uint8_t header[FILE_HEADER_SIZE];
  struct file_key key = {.lock = PTHREAD_MUTEX_INITIALIZER};
  struct stat st;
  size_t got;
  *verdict = (struct verdict){.header = true};
  int fd = open(path, (punch ? O_RDWR : O_RDONLY) | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0 || fstat(fd, &st)) verdict->error = -errno;
  else if (!(verdict->error = store_read(fd, header, sizeof header, 0, &got)) && got > 0) {
    verdict->size = layout_plain_size((uint64_t)st.st_size, volume.block_size);
    verdict->header = got == sizeof header && content_is_header(header);
    if (verdict->header) verdict->error = file_key_derive(header + FILE_HEADER_SIZE - FILE_ID_SIZE, &key);
    if (verdict->header && !verdict->error) verify_blocks(fd, &key, punch, verdict);
  }
  if (fd >= 0) close(fd);
  if (!verdict->error) verify_attributes(path, verdict);
  file_key_wipe(&key);
  gcm_wipe_thread();
}
