#include "content.h"
#include "store.h"
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

// When a change is that seals no block.
static uint64_t next_version(void) { return volume.integrity ? block_next_counter() : JOURNAL_KEEP_SIZE; }

// The backing file's length alone changes. A file of a volume with integrity keeps its header, and so its id.
static int resize(struct file *file, struct scratch *scratch, uint64_t size) {
  uint64_t backing = size == 0 && volume.integrity ? FILE_HEADER_SIZE : layout_backing_size(size, volume.block_size);
  struct change change = {JOURNAL_RESIZE, 0, 0, backing, next_version()};
  return store_change(file, scratch->slot, &change);
}

// Shortens to a size within a block: that block is sealed anew, shorter, and the file is cut behind it, as one change.
static int cut(struct file *file, uint64_t size, struct scratch *scratch) {
  uint32_t block = volume.block_size;
  uint64_t number = size / block;
  size_t rest = size % block;
  if (rest == 0) return resize(file, scratch, size);
  ssize_t had = content_open_blocks(file, number, number + 1, scratch->sealed, scratch->plain);
  if (had < (ssize_t)rest) return had < 0 ? (int)had : -EIO;
  struct change change = {JOURNAL_WRITE, layout_block_offset(number, block), rest + BLOCK_OVERHEAD, layout_backing_size(size, block), 0};
  block_take_counters(1);
  int failed = block_seal(&file->key, number, scratch->plain, rest, scratch->slot->data);
  return failed ? failed : store_change(file, scratch->slot, &change);
}

static int grow(struct file *file, uint64_t old_size, uint64_t size, struct scratch *scratch) {
  int failed = content_fill_last_block(file, scratch, old_size, size);
  return failed ? failed : resize(file, scratch, size);
}

static int truncate_to(struct file *file, struct scratch *scratch, uint64_t size) {
  uint64_t old_size;
  int failed = content_size(file, &old_size);
  if (failed || size == old_size) return failed;
  if (size > 0) failed = content_make_header(file);
  if (!failed) failed = size > old_size ? grow(file, old_size, size, scratch) : cut(file, size, scratch);
  if (failed) return failed;
  if (size == 0 && !volume.integrity) { // an empty file has no header: the next content has another key
    file_key_wipe(&file->key);
    file->has_key = false;
  }
  return 0;
}

int file_truncate(struct file *file, struct scratch *scratch, uint64_t size) {
  if (!file->writable) return -EBADF;
  if (size > SIZE_LIMIT) return -EFBIG;
  pthread_rwlock_wrlock(&file->lock);
  int failed = truncate_to(file, scratch, size);
  pthread_rwlock_unlock(&file->lock);
  return failed;
}

// Writes zeros over [offset, end), which lies within one block and within the file.
static int zero_within_block(struct file *file, struct scratch *scratch, uint64_t offset, uint64_t end) {
  static const uint8_t zeros[BLOCK_SIZE_MAX];
  if (offset >= end) return 0;
  ssize_t wrote = content_write(file, scratch, offset, zeros, end - offset);
  return wrote < 0 ? (int)wrote : 0;
}

static int punch(struct file *file, struct scratch *scratch, uint64_t offset, uint64_t end) {
  uint32_t block = volume.block_size;
  uint64_t size, first = (offset + block - 1) / block, last = end / block;
  int failed = content_size(file, &size);
  if (failed || offset >= size) return failed;
  if (end >= size) end = size, last = size / block;
  failed = content_load_key(file);
  if (failed) return failed < 0 ? failed : 0;
  if (first > last) return zero_within_block(file, scratch, offset, end);
  failed = zero_within_block(file, scratch, offset, first * block < end ? first * block : end);
  if (!failed) failed = zero_within_block(file, scratch, last * block > offset ? last * block : offset, end);
  if (failed || first >= last) return failed;
  struct change change = {JOURNAL_PUNCH, layout_block_offset(first, block), (last - first) * SEALED_BLOCK, JOURNAL_KEEP_SIZE, next_version()};
  return store_change(file, scratch->slot, &change);
}

static int reserve(struct file *file, struct scratch *scratch, bool keep_size, uint64_t offset, uint64_t end) {
  uint64_t size, start = layout_block_offset(offset / volume.block_size, volume.block_size);
  int failed = content_size(file, &size);
  if (failed) return failed;
  off_t length = (off_t)(layout_backing_size(end, volume.block_size) - start);
  if (fallocate(file->fd, FALLOC_FL_KEEP_SIZE, (off_t)start, length)) return -errno;
  return end > size && !keep_size ? truncate_to(file, scratch, end) : 0;
}

int file_allocate(struct file *file, struct scratch *scratch, int mode, uint64_t offset, uint64_t length) {
  const int keep = FALLOC_FL_KEEP_SIZE;
  if (!file->writable) return -EBADF;
  if (offset > SIZE_LIMIT || length > SIZE_LIMIT - offset) return -EFBIG;
  pthread_rwlock_wrlock(&file->lock);
  int failed = -EOPNOTSUPP;
  if (mode == (FALLOC_FL_PUNCH_HOLE | keep)) failed = punch(file, scratch, offset, offset + length);
  else if (mode == 0 || mode == keep) failed = reserve(file, scratch, mode == keep, offset, offset + length);
  else if ((mode & ~keep) == FALLOC_FL_ZERO_RANGE) {
    failed = mode & keep ? 0 : reserve(file, scratch, false, offset, offset + length);
    if (!failed) failed = punch(file, scratch, offset, offset + length);
  }
  pthread_rwlock_unlock(&file->lock);
  return failed;
}

// A block counts as a hole where its first byte lies in one of the backing file: what is sealed never does. Data and holes
// are found by the same rule, so that a program that goes from one to the other advances.
static int64_t seek_within(struct file *file, uint64_t offset, int whence) {
  struct stat st;
  if (fstat(file->fd, &st)) return -errno;
  uint64_t size = layout_plain_size((uint64_t)st.st_size, volume.block_size), number = offset / volume.block_size;
  if (offset >= size) return -ENXIO;
  while (number * volume.block_size < size) {
    off_t start = (off_t)layout_block_offset(number, volume.block_size), at = lseek(file->fd, start, whence);
    if (at < 0) return -errno;
    if (at == start) return (int64_t)(number * volume.block_size > offset ? number * volume.block_size : offset);
    number = ((uint64_t)at - FILE_HEADER_SIZE + SEALED_BLOCK - 1) / SEALED_BLOCK;
  }
  return whence == SEEK_HOLE ? (int64_t)size : -ENXIO;
}

int64_t file_seek(struct file *file, uint64_t offset, int whence) {
  pthread_rwlock_rdlock(&file->lock);
  int64_t found = seek_within(file, offset, whence);
  pthread_rwlock_unlock(&file->lock);
  return found;
}
