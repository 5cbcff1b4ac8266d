#include "content.h"
#include "integrity.h"
#include "log.h"
#include "store.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

static const uint8_t header_magic[16] = {'H', 'U', 'F', 'U', '-', 'F', 'I', 'L', 'E', 1};

bool content_is_header(const uint8_t *header) { return memcmp(header, header_magic, sizeof header_magic) == 0; }

void content_fill_header(const uint8_t id[FILE_ID_SIZE], uint8_t header[FILE_HEADER_SIZE]) {
  memcpy(header, header_magic, sizeof header_magic);
  memcpy(header + sizeof header_magic, id, FILE_ID_SIZE);
}

// What is not authentic answers EIO; which file it is, by its backing names, is in the log.
static int damaged(struct file *file, const char *what) {
  char path[PATH_MAX];
  size_t size = node_path(file->node, path, sizeof path);
  log_line("damaged: %.*s: %s", size > 0 ? (int)size : 1, size > 0 ? path : "?", what);
  return -EIO;
}

int content_missing(struct file *file) { return damaged(file, "it is empty, without its header"); }

static int damaged_block(struct file *file, uint64_t number, const char *how) {
  char what[96];
  snprintf(what, sizeof what, "block %llu %s", (unsigned long long)number, how);
  return damaged(file, what);
}

int content_load_key(struct file *file) {
  uint8_t header[FILE_HEADER_SIZE];
  size_t got;
  if (file->has_key) return 0;
  int failed = store_read(file->fd, header, sizeof header, 0, &got);
  if (failed) return failed;
  if (got == 0) return 1;
  if (got < sizeof header || !content_is_header(header)) return damaged(file, "its header is not one");
  memcpy(file->id, header + sizeof header_magic, FILE_ID_SIZE);
  file->versions = integrity_file(file->id);
  if (volume.integrity && !file->versions) return -ENOMEM;
  failed = integrity_check_file(file->fd, file->versions);
  if (failed) return failed == -EIO ? damaged(file, "its size is not what it was last") : failed;
  failed = file_key_derive(file->id, &file->key);
  file->has_key = failed == 0;
  return failed;
}

int content_write_header(int fd, const uint8_t id[FILE_ID_SIZE]) {
  uint8_t header[FILE_HEADER_SIZE];
  content_fill_header(id, header);
  return store_write(fd, header, sizeof header, 0);
}

int content_make_header(struct file *file) {
  uint8_t id[FILE_ID_SIZE];
  int failed = content_load_key(file);
  if (failed <= 0) return failed;
  if (getrandom(id, FILE_ID_SIZE, 0) != FILE_ID_SIZE) return -EIO;
  failed = content_write_header(file->fd, id);
  return failed ? failed : content_load_key(file);
}

int content_size(struct file *file, uint64_t *size) {
  struct stat st;
  if (fstat(file->fd, &st)) return -errno;
  *size = layout_plain_size((uint64_t)st.st_size, volume.block_size);
  if (file->versions && *size != file->versions->size) return damaged(file, "its size is not what it was last");
  return 0;
}

// Bytes of the blocks [first, end) that the file has by what is known of it.
static uint64_t expected_bytes(const struct file *file, uint64_t first, uint64_t end) {
  uint64_t from = layout_block_offset(first, volume.block_size), to = layout_block_offset(end, volume.block_size);
  uint64_t whole = layout_backing_size(file->versions->size, volume.block_size);
  if (whole < to) to = whole;
  return to > from ? to - from : 0;
}

ssize_t content_open_blocks(struct file *file, uint64_t first, uint64_t end, uint8_t *sealed, uint8_t *plain) {
  size_t got, total = 0;
  int failed = store_read(file->fd, sealed, (end - first) * SEALED_BLOCK, layout_block_offset(first, volume.block_size), &got);
  if (failed) return failed;
  if (file->versions && got < expected_bytes(file, first, end)) return damaged(file, "it is shorter than it was last");
  for (size_t at = 0; at < got; at += SEALED_BLOCK) {
    size_t piece = got - at < SEALED_BLOCK ? got - at : SEALED_BLOCK;
    failed = block_open(&file->key, first + at / SEALED_BLOCK, sealed + at, piece, plain + total);
    if (failed) return failed == -EIO ? damaged_block(file, first + at / SEALED_BLOCK, "is not authentic") : failed;
    if (!integrity_is_version(file->versions, first + at / SEALED_BLOCK, sealed + at, piece))
      return damaged_block(file, first + at / SEALED_BLOCK, "is not the last that was written");
    total += piece - BLOCK_OVERHEAD;
  }
  return (ssize_t)total;
}

static ssize_t read_range(struct file *file, struct scratch *scratch, uint64_t offset, size_t size, uint8_t **bytes) {
  uint64_t first = offset / volume.block_size, end = (offset + size + volume.block_size - 1) / volume.block_size;
  int failed = content_load_key(file);
  if (failed) return failed > 0 ? 0 : failed;
  ssize_t total = content_open_blocks(file, first, end, scratch->sealed, scratch->plain);
  if (total < 0) return total;
  size_t skip = offset - first * volume.block_size;
  *bytes = scratch->plain + skip;
  if ((size_t)total <= skip) return 0;
  return (size_t)total - skip < size ? total - (ssize_t)skip : (ssize_t)size;
}

ssize_t file_read(struct file *file, struct scratch *scratch, uint64_t offset, size_t size, uint8_t **bytes) {
  *bytes = scratch->plain;
  if (size == 0) return 0;
  if (!file->has_key) { // the first reader derives the key, alone
    pthread_rwlock_wrlock(&file->lock);
    int failed = content_load_key(file);
    pthread_rwlock_unlock(&file->lock);
    if (failed < 0) return failed;
  }
  pthread_rwlock_rdlock(&file->lock);
  ssize_t total = file->has_key ? read_range(file, scratch, offset, size, bytes) : 0;
  pthread_rwlock_unlock(&file->lock);
  return total;
}

// Completes one block around the bytes [from, to) of it that `plain` holds already, and seals it.
static ssize_t seal_partial(struct file *file, uint64_t number, size_t from, size_t to, const uint8_t *bytes, uint8_t *sealed) {
  static _Thread_local uint8_t old[BLOCK_SIZE_MAX + BLOCK_OVERHEAD], plain[BLOCK_SIZE_MAX];
  memset(plain, 0, volume.block_size);
  ssize_t had = content_open_blocks(file, number, number + 1, old, plain);
  if (had < 0) return had;
  memcpy(plain + from, bytes, to - from);
  size_t size = (size_t)had > to ? (size_t)had : to;
  int failed = block_seal(&file->key, number, plain, size, sealed);
  return failed ? failed : (ssize_t)(size + BLOCK_OVERHEAD);
}

// The blocks from `offset` on, sealed into the slot, become the file's.
static int write_sealed(struct file *file, struct scratch *scratch, uint64_t number, size_t size) {
  struct change change = {JOURNAL_WRITE, layout_block_offset(number, volume.block_size), size, JOURNAL_KEEP_SIZE, 0};
  return store_change(file, scratch->slot, &change);
}

int content_fill_last_block(struct file *file, struct scratch *scratch, uint64_t old_size, uint64_t new_size) {
  uint32_t block = volume.block_size;
  uint64_t number = old_size / block;
  size_t rest = old_size % block;
  if (rest == 0 || new_size <= old_size) return 0;
  size_t whole = new_size - number * block < block ? new_size - number * block : block;
  static const uint8_t zeros[BLOCK_SIZE_MAX];
  block_take_counters(1);
  ssize_t size = seal_partial(file, number, rest, whole, zeros, scratch->slot->data);
  return size < 0 ? (int)size : write_sealed(file, scratch, number, (size_t)size);
}

ssize_t content_write(struct file *file, struct scratch *scratch, uint64_t offset, const uint8_t *bytes, size_t size) {
  uint32_t block = volume.block_size;
  uint64_t first = offset / block, end = (offset + size + block - 1) / block;
  uint8_t *at = scratch->slot->data;
  block_take_counters(end - first);
  for (uint64_t number = first; number < end; number++) {
    uint64_t start = number * block;
    size_t from = offset > start ? offset - start : 0, to = offset + size < start + block ? offset + size - start : block;
    const uint8_t *piece = bytes + (start + from - offset);
    ssize_t wrote = block + BLOCK_OVERHEAD;
    if (to - from == block) {
      int failed = block_seal(&file->key, number, piece, block, at);
      if (failed) return failed;
    } else if ((wrote = seal_partial(file, number, from, to, piece, at)) < 0) return wrote;
    at += wrote;
  }
  int failed = write_sealed(file, scratch, first, (size_t)(at - scratch->slot->data));
  return failed ? failed : (ssize_t)size;
}

ssize_t file_write(struct file *file, struct scratch *scratch, uint64_t offset, const uint8_t *bytes, size_t size) {
  uint64_t old_size;
  if (!file->writable) return -EBADF;
  if (offset > SIZE_LIMIT - size) return -EFBIG;
  pthread_rwlock_wrlock(&file->lock);
  int failed = content_make_header(file);
  if (!failed) failed = content_size(file, &old_size);
  if (!failed && offset > old_size) failed = content_fill_last_block(file, scratch, old_size, offset);
  ssize_t wrote = failed ? failed : content_write(file, scratch, offset, bytes, size);
  pthread_rwlock_unlock(&file->lock);
  return wrote;
}
